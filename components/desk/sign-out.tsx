'use client';

import { LogOut } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { authPost } from './auth-call';

export function SignOut() {
  const [failed, setFailed] = useState(false);
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={failed ? 'Sign out: the server can’t be reached, try again' : 'Sign out'}
      title="Sign out"
      onClick={() => authPost('signout', '/sign-in').catch(() => setFailed(true))}
    >
      <LogOut aria-hidden className={failed ? 'text-reject' : undefined} />
    </Button>
  );
}
