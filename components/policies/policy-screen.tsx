'use client';

import { PencilLine } from 'lucide-react';
import { type ComponentProps, useState } from 'react';
import { PageHead } from '@/components/desk/page-head';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { PolicyEditor } from './policy-editor';
import { SourceLines } from './source-lines';
import { type PolicyVersion, VersionsList } from './versions-list';

type PolicyScreenProps = Pick<
  ComponentProps<typeof PolicyEditor>,
  'name' | 'version' | 'source' | 'check' | 'publish'
> & {
  /** The version whose text is shown; the one in force unless an older one was asked for. */
  shown: { version: number; source: string };
  mayPublish: boolean;
  versions: PolicyVersion[];
};

/** A policy: the text in force, its versions, and for those who may, the editor. */
export function PolicyScreen({ shown, mayPublish, versions, ...policy }: PolicyScreenProps) {
  const [editing, setEditing] = useState(false);
  const old = shown.version !== policy.version;
  return (
    <>
      <PageHead
        title={policy.name}
        note={
          <>
            <Chip tone="slate">v{policy.version} in force</Chip>
            {old && <Chip tone="amber">showing v{shown.version}</Chip>}
          </>
        }
      >
        {mayPublish && !editing && (
          <Button onClick={() => setEditing(true)}>
            <PencilLine aria-hidden /> Edit
          </Button>
        )}
      </PageHead>
      <div className="grid gap-6 p-4 sm:p-6 xl:grid-cols-[minmax(0,1fr)_300px]">
        {editing ? (
          <PolicyEditor {...policy} key={policy.version} onClose={() => setEditing(false)} />
        ) : (
          <Card className="min-w-0 self-start">
            <SourceLines
              source={shown.source}
              label={`Text of policy ${policy.name}, version ${shown.version}`}
            />
          </Card>
        )}
        <VersionsList name={policy.name} inForce={policy.version} shown={shown.version} versions={versions} />
      </div>
    </>
  );
}
