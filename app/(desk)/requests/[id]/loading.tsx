import { Skeleton } from '@/components/ui/skeleton';

export default function Loading() {
  return (
    <div className="flex max-w-[860px] flex-col gap-5 px-4 py-7 sm:px-8">
      <h1 className="sr-only">Request</h1>
      <span role="status" className="sr-only">
        Loading
      </span>
      <Skeleton className="h-4 w-64 max-w-full" />
      <Skeleton className="h-7 w-96 max-w-full" />
      <div className="flex gap-2">
        <Skeleton className="h-7 w-24" />
        <Skeleton className="h-7 w-40" />
      </div>
      <Skeleton className="h-32 w-full" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-48 w-full" />
    </div>
  );
}
