import { randomFillSync } from 'node:crypto';
import { AppError } from './errors';

/** What a wire id can name; the prefix keeps one kind from being taken for another. */
export type IdPrefix =
  | 'org'
  | 'mem'
  | 'usr'
  | 'agt'
  | 'key'
  | 'pol'
  | 'ver'
  | 'req'
  | 'evt'
  | 'grp'
  | 'tok'
  | 'msg';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
// Without the u flag, `i` folds ASCII only: no Kelvin sign for K, no long s for S.
const WIRE = /^[a-z]{3}_[0-7][0-9A-HJKMNP-TV-Z]{25}$/i;

const random = new Uint8Array(10);
let lastMillisecond = 0;
let counter = 0;

/** A new UUIDv7 (RFC 9562 § 5.7) in text form; ids made by one process ascend, whatever its clock does. */
export function newId(): string {
  randomFillSync(random);
  const view = new DataView(random.buffer);
  const now = Date.now();
  if (now > lastMillisecond) {
    lastMillisecond = now;
    counter = view.getUint16(0) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMillisecond++;
    counter = view.getUint16(0) & 0x7ff;
  }
  const time = lastMillisecond.toString(16).padStart(12, '0');
  const variant = (0x8000 | (view.getUint16(2) & 0x3fff)).toString(16);
  const tail = Buffer.from(random.buffer, 4, 6).toString('hex');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}-${tail}`;
}

/** The id as strangers see it: prefix, `_`, 26 upper-case Crockford base32 digits. Throws `malformed`. */
export function toWire(prefix: IdPrefix, uuid: string): string {
  if (!UUID.test(uuid)) throw new AppError('malformed', 'expected an id in UUID form');
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let digits = '';
  for (let index = 0; index < 26; index++) {
    digits = CROCKFORD.charAt(Number(rest & 31n)) + digits;
    rest >>= 5n;
  }
  return `${prefix}_${digits}`;
}

/** The UUID behind a wire id of this kind, in either case; null for anything else, look-alike letters too. */
export function fromWire(prefix: IdPrefix, text: string): string | null {
  if (!WIRE.test(text) || text.slice(0, 3).toLowerCase() !== prefix) return null;
  let value = 0n;
  for (const digit of text.slice(4).toUpperCase()) value = (value << 5n) | BigInt(CROCKFORD.indexOf(digit));
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
