import { Skeleton } from '@/components/ui/skeleton';

/** The table before its rows are here. */
export function EventSkeleton() {
  return (
    <div className="flex-1 divide-y bg-surface">
      <span role="status" className="sr-only">
        Loading
      </span>
      {['w-48', 'w-64', 'w-40', 'w-56', 'w-52', 'w-60', 'w-44', 'w-72'].map((width) => (
        <div key={width} className="flex h-11 items-center gap-6 px-4 sm:px-6">
          <Skeleton className="h-3 w-24" />
          <Skeleton className="h-3 w-28 max-sm:hidden" />
          <Skeleton className={`h-3.5 max-w-full ${width}`} />
        </div>
      ))}
    </div>
  );
}
