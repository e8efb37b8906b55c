'use client';

import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { deskPost } from './desk-call';

type RevealButtonProps = { id: string; isRevealed: boolean; onReveal: (payload: JsonValue | null) => void };

/** Shows masked values to someone who may see them. Each look is an event of the record, and says so. */
export function RevealButton({ id, isRevealed, onReveal }: RevealButtonProps) {
  const [problem, setProblem] = useState<string | null>(null);
  async function reveal() {
    const answer = await deskPost<{ payload: JsonValue }>(`/api/requests/${id}/reveal`, {});
    setProblem(answer.ok ? null : answer.message);
    if (answer.ok) onReveal(answer.view.payload);
  }
  return (
    <>
      <Button
        look="quiet"
        title="Looking is recorded"
        onClick={() => (isRevealed ? onReveal(null) : void reveal())}
      >
        {isRevealed ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
        {isRevealed ? 'Mask again' : 'Reveal masked'}
      </Button>
      {problem && (
        <p role="alert" className="text-meta text-reject">
          {problem}
        </p>
      )}
    </>
  );
}
