'use client';

import { RefreshCw, ServerCrash } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** What is shown when a page fails: that it did, the number to quote, and another try. */
export function RetryScreen({ digest, retry }: { digest?: string; retry: () => void }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center" role="alert">
      <h1 className="sr-only">Something went wrong</h1>
      <EmptyState icon={<ServerCrash />} title="This page couldn’t be shown">
        <p>Nothing was decided or changed.{digest && ` Quote ${digest} when you report it.`}</p>
        <Button look="primary" size="large" className="mt-4" onClick={retry}>
          <RefreshCw aria-hidden /> Try again
        </Button>
      </EmptyState>
    </div>
  );
}
