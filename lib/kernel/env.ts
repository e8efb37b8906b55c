import { z } from 'zod';
import { AppError } from './errors';
import { singleton } from './singleton';

const paserk = z.string().regex(/^k4\.(secret|public)\.[\w-]+$/, 'expected k4.secret.… or k4.public.…');
const moment = z
  .string()
  .datetime({ offset: true })
  .transform((text) => new Date(text));

/** A PASERK text, or one with the time in which its tokens are taken. */
const TokenKey = z.union(
  [paserk, z.strictObject({ paserk, notBefore: moment.optional(), retiredAt: moment.optional() })],
  'expected a PASERK text or { paserk, notBefore?, retiredAt? } with ISO 8601 times',
);
type TokenKey = z.infer<typeof TokenKey>;

/** What signs now must be secret, and must not end by a date after which nobody would take its tokens. */
function maySign([first]: TokenKey[]): boolean {
  if (typeof first === 'object') return maySign([first.paserk]) && first.retiredAt === undefined;
  return first?.startsWith('k4.secret.') ?? false;
}

const Secrets = z.object({
  authSecret: z.string().min(32),
  apiKeyPepper: z.string().min(32),
  auditMasterKeys: z.record(z.string().regex(/^\d{4}$/), z.string()),
  tokenKeys: z.array(TokenKey).refine(maySign, 'expected a k4.secret.… key first, which does not retire'),
  checkpointKey: z.string(),
});

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  AUTH_DATABASE_URL: z.string().optional(),
  SEALER_DATABASE_URL: z.string().optional(),
  SWEEP_DATABASE_URL: z.string().optional(),
  JOBS_DATABASE_URL: z.string().optional(),
  COUNTERSIGN_URL: z.string().url(),
  COUNTERSIGN_EMBEDDED: z.literal('1').optional(),
  COUNTERSIGN_SECRETS: z.string(),
  RESEND_API_KEY: z.string().optional(),
  MAIL_FROM: z.string().default('Countersign <approvals@localhost>'),
  OIDC_ISSUER: z.string().url().optional(),
  OIDC_CLIENT_ID: z.string().optional(),
  OIDC_CLIENT_SECRET: z.string().optional(),
  OIDC_NAME: z.string().default('single sign-on'),
});

export type Env = Omit<z.infer<typeof Environment>, 'COUNTERSIGN_SECRETS'> & {
  secrets: z.infer<typeof Secrets>;
  /** The database is our own and bound to loopback: one-click people and the local outbox exist. */
  embedded: boolean;
};

/** The process's settings, read once. Throws `unavailable` naming every setting that is missing or wrong. */
export function env(): Env {
  return singleton('env', () => {
    const parsed = Environment.safeParse(process.env);
    if (!parsed.success) throw refusal(parsed.error);
    const { COUNTERSIGN_SECRETS, ...rest } = parsed.data;
    const secrets = Secrets.safeParse(parseJson(COUNTERSIGN_SECRETS));
    if (!secrets.success) throw refusal(secrets.error);
    return { ...rest, secrets: secrets.data, embedded: rest.COUNTERSIGN_EMBEDDED === '1' };
  });
}

function refusal(error: z.ZodError): AppError {
  const names = error.issues.map(
    (issue) => `${issue.path.join('.') || 'COUNTERSIGN_SECRETS'}: ${issue.message}`,
  );
  return new AppError('unavailable', `settings are missing or wrong: ${names.join('; ')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
