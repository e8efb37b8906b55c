import { cx } from 'class-variance-authority';
import Link from 'next/link';
import { LocalTime } from '@/components/ui/local-time';
import { Section } from '@/components/ui/section';

export type PolicyVersion = {
  version: number;
  hash: string;
  note: string;
  publishedAt: string;
  publishedBy: string | null;
};

type VersionsListProps = { name: string; inForce: number; shown: number; versions: PolicyVersion[] };

/** Every published version, newest first; none is ever changed. */
export function VersionsList({ name, inForce, shown, versions }: VersionsListProps) {
  return (
    <aside aria-label="Versions" className="min-w-0">
      <Section title="Versions">
        <ol className="flex flex-col gap-1">
          {versions.map((version) => {
            const here = version.version === shown;
            return (
              <li key={version.version}>
                <Link
                  href={`/policies/${encodeURIComponent(name)}${version.version === inForce ? '' : `?version=${version.version}`}`}
                  aria-current={here ? 'true' : undefined}
                  className={cx(
                    'block rounded-control px-3 py-2 transition-colors',
                    here ? 'bg-selected' : 'hover:bg-hover',
                  )}
                >
                  <span className="flex items-baseline justify-between gap-2 text-control font-medium">
                    v{version.version}
                    <code className="font-mono text-meta font-normal text-ink-3" title={version.hash}>
                      {version.hash.replace('sha256:', '').slice(0, 8)}
                    </code>
                  </span>
                  {version.note && <span className="foreign block text-body text-ink-2">{version.note}</span>}
                  <span className="block text-meta text-ink-3">
                    {version.publishedBy ?? 'Countersign'} · <LocalTime at={version.publishedAt} />
                  </span>
                </Link>
              </li>
            );
          })}
        </ol>
      </Section>
    </aside>
  );
}
