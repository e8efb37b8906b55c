import { FileX2 } from 'lucide-react';
import Link from 'next/link';
import { buttonLook } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function PolicyNotFound() {
  return (
    <div className="flex flex-1 flex-col items-center justify-center">
      <h1 className="sr-only">Policy not found</h1>
      <EmptyState icon={<FileX2 />} title="There is no such policy, or no such version">
        <Link href="/policies" className={buttonLook({ look: 'primary', size: 'large', className: 'mt-4' })}>
          All policies
        </Link>
      </EmptyState>
    </div>
  );
}
