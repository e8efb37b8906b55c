// Every change has its event, and every event one of these names: noun, dot, verb in the past.

import { z } from 'zod';

/** The names an event can have, each written by a verb of today; a new kind of change adds its own here. */
export const EventType = z.enum([
  'action.allowed',
  'action.denied',
  'action.reported',
  'approval.requested',
  'approval.voted',
  'approval.edited',
  'approval.rejudged',
  'approval.granted',
  'approval.rejected',
  'approval.sla_breach',
  'approval.held',
  'approval.expired',
  'approval.cancelled',
  'approval.superseded',
  'approval.refused',
  'token.issued',
  'token.verified',
  'token.redeemed',
  'policy.published',
  'org.created',
  'member.joined',
  'member.suspended',
  'session.opened',
  'session.ended',
  'group.created',
  'group.member_added',
  'group.member_removed',
  'agent.created',
  'key.created',
  'key.revoked',
  'audit.revealed',
  'audit.searched',
]);
export type EventType = z.infer<typeof EventType>;
