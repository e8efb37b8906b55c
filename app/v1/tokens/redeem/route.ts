export { redeem as POST } from '@/lib/api/routes';
