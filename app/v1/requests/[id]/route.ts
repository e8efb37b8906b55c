export { getRequest as GET } from '@/lib/api/routes';
