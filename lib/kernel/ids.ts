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

const pool = new Uint8Array(4096);
let used = pool.length;
let lastMillisecond = 0;
let counter = 0;

/** A new UUIDv7 (RFC 9562 § 5.7) in text form; ids made by one process ascend, whatever its clock does. */
export function newId(): string {
  const view = tenRandomBytes();
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
  const tail = Buffer.from(pool.buffer, view.byteOffset + 4, 6).toString('hex');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}-${tail}`;
}

/** From a pool: asking the system once for many is far cheaper than once for each. */
function tenRandomBytes(): DataView {
  if (used + 10 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 10;
  return new DataView(pool.buffer, used - 10, 10);
}

/** The id as strangers see it: prefix, `_`, 26 upper-case Crockford base32 digits. Throws `malformed`. */
export function toWire(prefix: IdPrefix, uuid: string): string {
  if (!UUID.test(uuid)) throw new AppError('malformed', 'expected an id in UUID form');
  const hex = uuid.replaceAll('-', '');
  // 128 bits are 26 digits of five, the first two from one byte; five hex digits make four of the rest.
  let digits = base32(Number.parseInt(hex.slice(0, 2), 16), 2);
  for (let at = 2; at < 32; at += 5) digits += base32(Number.parseInt(hex.slice(at, at + 5), 16), 4);
  return `${prefix}_${digits}`;
}

function base32(value: number, length: number): string {
  let digits = '';
  for (let shift = (length - 1) * 5; shift >= 0; shift -= 5)
    digits += CROCKFORD.charAt((value >>> shift) & 31);
  return digits;
}

/** The UUID behind a wire id of this kind, in either case; null for anything else, look-alike letters too. */
export function fromWire(prefix: IdPrefix, text: string): string | null {
  if (!WIRE.test(text) || text.slice(0, 3).toLowerCase() !== prefix) return null;
  let value = 0n;
  for (const digit of text.slice(4).toUpperCase()) value = (value << 5n) | BigInt(CROCKFORD.indexOf(digit));
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
