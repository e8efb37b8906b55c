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
  // The version that is being edited stays what it was, whatever others publish meanwhile.
  const [base, setBase] = useState<{ version: number; source: string } | null>(null);
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
        {mayPublish && !base && (
          <Button onClick={() => setBase({ version: policy.version, source: policy.source })}>
            <PencilLine aria-hidden /> Edit
          </Button>
        )}
      </PageHead>
      <div className="grid gap-6 p-4 sm:p-6 xl:grid-cols-[minmax(0,1fr)_300px]">
        {base ? (
          <PolicyEditor {...policy} {...base} onClose={() => setBase(null)} />
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
