import { cancel } from '@/lib/api/routes';

type Params = { params: Promise<{ id: string }> };

export async function POST(request: Request, { params }: Params): Promise<Response> {
  return cancel(request, [(await params).id]);
}
