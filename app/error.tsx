'use client';

import { RetryScreen } from '@/components/desk/retry-screen';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <main className="flex min-h-dvh flex-col">
      <RetryScreen digest={error.digest} retry={reset} />
    </main>
  );
}
