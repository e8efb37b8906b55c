import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { RequestScreen } from '@/components/requests/request-screen';
import { plainText } from '@/components/requests/scan-text';
import { showRequest } from '@/lib/approvals/show-request';
import { AppError } from '@/lib/kernel/errors';
import { requireMember } from '@/lib/web/session';

type RequestPageProps = { params: Promise<{ id: string }> };

export async function generateMetadata({ params }: RequestPageProps): Promise<Metadata> {
  const request = await load((await params).id);
  return { title: plainText(request.title) };
}

export default async function RequestPage({ params }: RequestPageProps) {
  const request = await load((await params).id);
  return <RequestScreen key={request.id} request={request} />;
}

// The title and the page ask for the same request; it is read once.
const load = cache(async (id: string) => {
  const ctx = await requireMember();
  try {
    return await showRequest(ctx, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') notFound();
    throw error;
  }
});
