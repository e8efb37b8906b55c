'use client';

import { useState } from 'react';
import { authPost } from '@/components/desk/auth-call';
import { Button } from '@/components/ui/button';

/** Starts signing in at the org's identity provider. */
export function OidcButton({ name, to }: { name: string; to: string }) {
  const [failed, setFailed] = useState(false);
  return (
    <>
      <Button
        look="plain"
        size="large"
        onClick={() => authPost('signin/oidc', to).catch(() => setFailed(true))}
      >
        Continue with {name}
      </Button>
      {failed && (
        <p role="alert" className="text-body text-reject">
          The server can’t be reached.
        </p>
      )}
      <p
        aria-hidden
        className="flex items-center gap-3 text-meta text-ink-3 before:h-px before:flex-1 before:bg-hairline after:h-px after:flex-1 after:bg-hairline"
      >
        or
      </p>
    </>
  );
}
