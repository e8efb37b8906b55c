import { env } from '@/lib/kernel/env';
import { singleton } from '@/lib/kernel/singleton';
import { type Keyring, loadKeyring } from './rules/keyring';

/** The installation's token keys: the first signs, all verify from their `notBefore` until they retire. */
export function keyring(): Keyring {
  return singleton('tokens.keyring', () => loadKeyring(env().secrets.tokenKeys));
}
