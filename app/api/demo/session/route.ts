import { z } from 'zod';
import { requestIdOf } from '@/lib/api/agent-route';
import { parseAs } from '@/lib/api/parse';
import { problemResponse } from '@/lib/api/problem';
import { readJsonBody } from '@/lib/kernel/json/strict-json';
import { openDemoSession } from '@/lib/web/demo';
import { requireSameOrigin } from '@/lib/web/same-origin';

const Body = z.strictObject({ email: z.string().max(320) });

export async function POST(request: Request): Promise<Response> {
  try {
    requireSameOrigin(request);
    await openDemoSession(parseAs(Body, await readJsonBody(request)).email);
    return Response.json({ ok: true });
  } catch (error) {
    return problemResponse(error, requestIdOf(request));
  }
}
