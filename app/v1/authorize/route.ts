export { authorize as POST } from '@/lib/api/routes';
