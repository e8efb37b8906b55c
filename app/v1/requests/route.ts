export { listRequests as GET } from '@/lib/api/routes';
