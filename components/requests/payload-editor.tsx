'use client';

import { useState } from 'react';
import { Textarea } from '@/components/ui/field';
import { Section } from '@/components/ui/section';
import { Segmented } from '@/components/ui/segmented';
import type { RequestDetail } from '@/lib/approvals/schema';
import type { JsonValue } from '@/lib/kernel/json/json-value';
import { parseStrictJson } from '@/lib/kernel/json/strict-json';
import { isObject } from './field-rows';
import { PayloadFields } from './payload-fields';
import { PreviewVerdict } from './preview-verdict';
import { mayEdit, setAt } from './set-at';
import type { Edit } from './use-edit';
import type { Preview } from './use-preview';
import { ValueInput } from './value-input';

type PayloadEditorProps = {
  request: RequestDetail;
  edit: Edit;
  preview: Preview;
};

/** Inputs in place of the values that the document lets a reviewer change; or the whole payload as JSON. */
export function PayloadEditor({ request, edit, preview }: PayloadEditorProps) {
  const [mode, setMode] = useState<'fields' | 'json'>('fields');
  const { draft } = edit;

  function switchTo(fresh: 'fields' | 'json') {
    edit.forgetBroken();
    setMode(fresh);
  }

  return (
    <Section
      title="Your edit"
      note="type, and policy judges it again"
      aside={
        request.editable === null && (
          <Segmented
            label="Edit as"
            value={mode}
            options={[
              { value: 'fields', label: 'Fields' },
              { value: 'json', label: 'JSON' },
            ]}
            onChange={switchTo}
          />
        )
      }
    >
      {mode === 'json' ? (
        <JsonEditor
          draft={draft}
          onDraft={edit.change}
          onBroken={(broken) => edit.markBroken('json', broken)}
        />
      ) : (
        <PayloadFields
          label="Payload being edited"
          after={draft}
          before={request.payload}
          masked={request.masked}
          edit={(row) => {
            const value = row.after;
            const locked = request.masked.includes(row.pointer) || !mayEdit(request.editable, row.path);
            if (value === undefined || value === null || typeof value === 'object' || locked) return null;
            return (
              <ValueInput
                name={row.path.join(' ')}
                value={value}
                before={row.before}
                onChange={(fresh) => edit.change(setAt(draft, row.path, fresh))}
                onBroken={(broken) => edit.markBroken(row.pointer, broken)}
              />
            );
          }}
        />
      )}
      <PreviewVerdict preview={preview} />
    </Section>
  );
}

type JsonEditorProps = {
  draft: JsonValue;
  onDraft: (draft: JsonValue) => void;
  onBroken: (broken: boolean) => void;
};

function JsonEditor({ draft, onDraft, onBroken }: JsonEditorProps) {
  const [text, setText] = useState(() => JSON.stringify(draft, null, 2));
  const [problem, setProblem] = useState<string | null>(null);

  function change(fresh: string) {
    setText(fresh);
    const read = readObject(fresh);
    setProblem(typeof read === 'string' ? read : null);
    onBroken(typeof read === 'string');
    if (typeof read !== 'string') onDraft(read);
  }

  return (
    <>
      <Textarea
        aria-label="Payload as JSON"
        data-autofocus
        value={text}
        rows={Math.min(24, text.split('\n').length + 1)}
        spellCheck={false}
        aria-invalid={problem !== null}
        className="font-mono text-code"
        onChange={(event) => change(event.target.value)}
      />
      {problem && (
        <p role="alert" className="text-meta text-reject">
          {problem}
        </p>
      )}
    </>
  );
}

/** The JSON object in the text, or why there is none. */
function readObject(text: string): JsonValue | string {
  try {
    const value = parseStrictJson(text);
    return isObject(value) ? value : 'Expected an object in braces.';
  } catch (error) {
    return error instanceof Error ? error.message : 'This is not JSON.';
  }
}
