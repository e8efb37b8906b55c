export { verify as POST } from '@/lib/api/routes';
