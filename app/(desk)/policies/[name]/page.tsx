import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { PolicyScreen } from '@/components/policies/policy-screen';
import { AppError } from '@/lib/kernel/errors';
import { showPolicy, showPolicyVersion } from '@/lib/policy/queries';
import { requireMember } from '@/lib/web/session';
import { checkPolicy, publishPolicyAction } from '../actions';

type PolicyPageProps = {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ version?: string | string[] }>;
};

export async function generateMetadata({ params }: PolicyPageProps): Promise<Metadata> {
  return { title: decodeURIComponent((await params).name) };
}

export default async function PolicyPage({ params, searchParams }: PolicyPageProps) {
  const ctx = await requireMember();
  const name = decodeURIComponent((await params).name);
  const asked = Number((await searchParams).version);
  try {
    const policy = await showPolicy(ctx, name);
    const old = Number.isSafeInteger(asked) && asked > 0 && asked !== policy.version;
    const shown = old
      ? { version: asked, source: (await showPolicyVersion(ctx, name, asked)).source }
      : policy;
    return (
      <PolicyScreen
        name={policy.name}
        version={policy.version}
        source={policy.source}
        shown={{ version: shown.version, source: shown.source }}
        mayPublish={policy.mayPublish}
        versions={policy.versions}
        check={checkPolicy}
        publish={publishPolicyAction}
      />
    );
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
}
