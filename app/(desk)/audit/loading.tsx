import { EventSkeleton } from '@/components/audit/event-skeleton';
import { PageHead } from '@/components/desk/page-head';

export default function Loading() {
  return (
    <>
      <PageHead title="Audit" />
      <EventSkeleton />
    </>
  );
}
