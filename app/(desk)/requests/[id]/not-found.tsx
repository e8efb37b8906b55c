import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { buttonLook } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function RequestNotFound() {
  return (
    <div className="flex flex-1 flex-col items-center justify-center">
      <h1 className="sr-only">Request not found</h1>
      <EmptyState icon={<SearchX />} title="There is no such request">
        <p>The address may be wrong, or the request belongs to another org.</p>
        <Link href="/inbox" className={buttonLook({ look: 'primary', size: 'large', className: 'mt-4' })}>
          Go to the inbox
        </Link>
      </EmptyState>
    </div>
  );
}
