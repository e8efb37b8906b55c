export { streamChanges as GET } from '@/lib/web/stream';

export const dynamic = 'force-dynamic';
