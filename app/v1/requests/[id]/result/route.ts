export { result as POST } from '@/lib/api/routes';
