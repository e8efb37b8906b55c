import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { buttonLook } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export const metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <h1 className="sr-only">Not found</h1>
      <EmptyState icon={<SearchX />} title="There is nothing here">
        <p>The address may be wrong, or it belongs to another org.</p>
        <Link href="/inbox" className={buttonLook({ look: 'primary', size: 'large', className: 'mt-4' })}>
          Go to the inbox
        </Link>
      </EmptyState>
    </main>
  );
}
