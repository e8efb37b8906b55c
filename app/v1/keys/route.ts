export { keys as GET } from '@/lib/api/routes';
