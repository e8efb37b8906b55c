import { ListSkeleton } from '@/components/desk/list-skeleton';

export default function Loading() {
  return <ListSkeleton title="History" />;
}
