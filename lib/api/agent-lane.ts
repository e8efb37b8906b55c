import { AppError } from '@/lib/kernel/errors';
import { type RouteHandler, requestIdOf } from './agent-route';
import { openApi } from './openapi';
import { methodProblem, problemResponse } from './problem';
import * as routes from './routes';

type Handler = (request: Request) => Promise<Response>;
type Lane = { method: string; path: RegExp; run: RouteHandler };

const lanes: Lane[] = [
  { method: 'POST', path: /^\/v1\/authorize$/, run: routes.authorize },
  { method: 'GET', path: /^\/v1\/requests$/, run: routes.listRequests },
  { method: 'GET', path: /^\/v1\/requests\/([^/]{1,64})$/, run: routes.getRequest },
  { method: 'POST', path: /^\/v1\/requests\/([^/]{1,64})\/cancel$/, run: routes.cancel },
  { method: 'POST', path: /^\/v1\/requests\/([^/]{1,64})\/result$/, run: routes.result },
  { method: 'POST', path: /^\/v1\/tokens\/verify$/, run: routes.verify },
  { method: 'POST', path: /^\/v1\/tokens\/redeem$/, run: routes.redeem },
  { method: 'GET', path: /^\/v1\/keys$/, run: routes.keys },
  { method: 'GET', path: /^\/v1\/openapi\.json$/, run: openApi },
];

/**
 * The agent handler for a call, which the server runs before Next sees it; null for what is not the agents' API.
 * A path of the API that does not exist, or not by this method, is answered as the API answers.
 */
export function agentLane(method: string, pathname: string): Handler | null {
  if (!pathname.startsWith('/v1/') && pathname !== '/v1') return null;
  const fitting = lanes.filter((lane) => lane.path.test(pathname));
  const lane = fitting.find((each) => each.method === method);
  const id = lane?.path.exec(pathname)?.[1];
  if (lane) return (request) => lane.run(request, { params: Promise.resolve({ id }) });
  return noLane(fitting.map((each) => each.method));
}

function noLane(methods: string[]): Handler {
  return async (request) => {
    const requestId = requestIdOf(request);
    if (methods.length > 0) return methodProblem(methods, requestId);
    return problemResponse(new AppError('not_found', 'no such endpoint'), requestId);
  };
}
