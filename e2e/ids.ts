const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The UUID behind an id as agents and addresses carry it: prefix, `_`, 26 digits of Crockford base32. */
export function uuidOf(wire: string): string {
  let value = 0n;
  for (const digit of wire.slice(4)) value = (value << 5n) | BigInt(CROCKFORD.indexOf(digit));
  const hex = value.toString(16).padStart(32, '0');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
