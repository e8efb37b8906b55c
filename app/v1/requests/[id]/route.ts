import { getRequest } from '@/lib/api/routes';

type Params = { params: Promise<{ id: string }> };

export async function GET(request: Request, { params }: Params): Promise<Response> {
  return getRequest(request, [(await params).id]);
}
