export { openApi as GET } from '@/lib/api/openapi';
