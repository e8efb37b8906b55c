import type { ReactNode } from 'react';
import { Logo } from '@/components/ui/logo';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="flex w-full max-w-[400px] flex-col gap-6">
        <p className="flex items-center justify-center gap-2.5 text-section font-semibold">
          <Logo size={28} /> Countersign
        </p>
        {children}
      </div>
    </main>
  );
}
