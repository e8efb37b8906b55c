'use client';

import { RetryScreen } from '@/components/desk/retry-screen';

export default function DeskError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return <RetryScreen digest={error.digest} retry={reset} />;
}
