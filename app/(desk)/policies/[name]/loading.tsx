import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div className="flex flex-col gap-3 p-6">
      <h1 className="sr-only">Policy</h1>
      <span role="status" className="sr-only">
        Loading
      </span>
      <Skeleton className="h-6 w-48" />
      <Skeleton className="h-[480px] w-full" />
    </div>
  );
}
