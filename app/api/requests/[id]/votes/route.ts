export { postVote as POST } from '@/lib/web/vote';
