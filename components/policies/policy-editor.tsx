'use client';

import { useRouter } from 'next/navigation';
import { useRef, useState, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import { LineDiff } from './line-diff';
import { NumberedTextarea } from './numbered-textarea';
import type { PolicyCheck, PolicyProblem, PolicyPublished } from './policy-text';

type PolicyEditorProps = {
  name: string;
  version: number;
  source: string;
  check: (source: string) => Promise<PolicyCheck>;
  publish: (name: string, baseVersion: number, source: string, note: string) => Promise<PolicyPublished>;
  onClose: () => void;
};

/** Write, review the change, publish with a note. What fails to parse never leaves the text area. */
export function PolicyEditor({ name, version, source, check, publish, onClose }: PolicyEditorProps) {
  const router = useRouter();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(source);
  const [note, setNote] = useState('');
  const [reviewing, setReviewing] = useState(false);
  const [problem, setProblem] = useState<{ message: string; errors: PolicyProblem[] } | null>(null);
  const [busy, startWork] = useTransition();

  function change(fresh: string) {
    setText(fresh);
    setReviewing(false);
    setProblem(null);
  }
  function review() {
    startWork(async () => {
      const answer = await check(text).catch(() => null);
      setProblem(
        answer === null
          ? unreachable
          : answer.ok
            ? null
            : { message: 'This can’t be read as a policy', errors: answer.errors },
      );
      setReviewing(answer?.ok === true);
    });
  }
  function send() {
    startWork(async () => {
      const answer = await publish(name, version, text, note).catch(() => null);
      if (answer?.ok) {
        onClose();
        router.refresh();
        return;
      }
      setProblem(answer ?? unreachable);
    });
  }
  function goTo(line: number) {
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    box.current?.focus();
    box.current?.setSelectionRange(start, start);
    box.current?.scrollTo({ top: Math.max(0, (line - 4) * 20) });
  }

  const changed = text !== source;
  return (
    <div className="flex flex-col gap-4">
      <NumberedTextarea
        label={`Text of policy ${name}`}
        value={text}
        onChange={change}
        wrong={problem?.errors.map(({ line }) => line) ?? []}
        box={box}
      />
      {problem && <Problems problem={problem} onGoTo={goTo} />}
      {reviewing && (
        <>
          <h2 ref={takeFocus} tabIndex={-1} className="text-body font-semibold text-ink-2 outline-none">
            What changes against v{version}
          </h2>
          <LineDiff before={source} after={text} label="Changed lines" />
          <Field id="policy-note" label="Note for the record" hint="What this changes and why.">
            <Input
              id="policy-note"
              aria-describedby="policy-note-note"
              value={note}
              maxLength={500}
              onChange={(event) => setNote(event.target.value)}
            />
          </Field>
        </>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button size="large" onClick={onClose}>
          {changed ? 'Discard changes' : 'Close'}
        </Button>
        {reviewing ? (
          <Button look="primary" size="large" disabled={busy || note.trim() === ''} onClick={send}>
            Publish v{version + 1}
          </Button>
        ) : (
          <Button look="primary" size="large" disabled={busy || !changed} onClick={review}>
            Review changes
          </Button>
        )}
      </div>
    </div>
  );
}

// One function for all renders, so it runs when the review appears and not while the note is typed.
const takeFocus = (heading: HTMLElement | null) => heading?.focus();

const unreachable = { message: 'The server can’t be reached. Nothing was published.', errors: [] };

function Problems({
  problem,
  onGoTo,
}: {
  problem: { message: string; errors: PolicyProblem[] };
  onGoTo: (line: number) => void;
}) {
  return (
    <Notice urgent tone="red" title={problem.message}>
      <ul>
        {problem.errors.map((error) => (
          <li key={`${error.line} ${error.column} ${error.detail}`}>
            <button
              type="button"
              className="min-h-6 font-semibold underline underline-offset-2"
              onClick={() => onGoTo(error.line)}
            >
              Line {error.line}, column {error.column}
            </button>
            : {error.detail}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
