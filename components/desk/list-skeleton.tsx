import { Skeleton } from '@/components/ui/skeleton';

/** What a list looks like before its rows are here. */
export function ListSkeleton({ title }: { title: string }) {
  return (
    <>
      <header className="flex min-h-[60px] items-center border-b bg-surface px-4 sm:px-6">
        <h1 className="text-section font-semibold">{title}</h1>
        <span role="status" className="sr-only">
          Loading
        </span>
      </header>
      <div className="max-w-[880px] divide-y border-r bg-surface">
        {['w-64', 'w-80', 'w-56', 'w-72', 'w-60'].map((width) => (
          <div key={width} className="flex h-16 flex-col justify-center gap-2 px-4">
            <Skeleton className={`h-3.5 max-w-full ${width}`} />
            <Skeleton className="h-3 w-40" />
          </div>
        ))}
      </div>
    </>
  );
}
