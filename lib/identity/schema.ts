import { z } from 'zod';
import { roles } from './rules/permissions';

const name = z.string().trim().min(1).max(120);

/** An address as members are known by: trimmed and lower-case. */
export const Email = z.string().trim().toLowerCase().max(320).email();

export const NewOrg = z.object({ org: name, name, email: Email });
export type NewOrg = z.infer<typeof NewOrg>;

export const NewMember = z.object({ name, email: Email, role: z.enum(roles) });
export type NewMember = z.infer<typeof NewMember>;

export const NewGroup = z.object({ slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/), name });
export type NewGroup = z.infer<typeof NewGroup>;

export const NewAgent = z.object({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and dashes'),
  ownerId: z.string().uuid(),
  labels: z.record(z.string().max(60), z.string().max(200)).default({}),
});
export type NewAgent = z.input<typeof NewAgent>;

export const NewApiKey = z.object({
  agentId: z.string().uuid(),
  environment: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .default('production'),
  scopes: z.array(z.string()).default(['requests']),
  initiator: Email.nullable().default(null),
});
export type NewApiKey = z.input<typeof NewApiKey>;
