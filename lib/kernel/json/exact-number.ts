// A JSON number is read only when the double that holds it says exactly what was written.

/**
 * Reads a number literal that already follows RFC 8259's grammar.
 * `5e1` and `50.0` are 50 and `-0` is 0, as canonical JSON would write them.
 * Returns the reason as text when the value cannot be kept exactly.
 */
export function exactNumber(literal: string): number | string {
  // Adding 0 turns -0 into 0.
  const value = Number(literal) + 0;
  if (!Number.isFinite(value)) return 'expected a finite number, found one beyond the range of a double';
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'expected a number within ±(2^53 - 1)';
  if (isPlainlyExact(literal, value)) return value;
  const shortest = String(value);
  if (shortest !== literal && decimalOf(shortest) !== decimalOf(literal)) {
    return 'expected a number that a double keeps exactly, found more digits than it holds';
  }
  return value;
}

/** A normal double keeps any 15 significant digits (IEEE 754), and zero is zero: most numbers need no more. */
function isPlainlyExact(literal: string, value: number): boolean {
  if (value === 0) return /^-?[0.]+(?:[eE]|$)/.test(literal);
  return literal.length <= 15 && Math.abs(value) > 1e-307;
}

/** One spelling for each decimal value: `<sign><digits without outer zeros>e<exponent of the last digit>`. */
function decimalOf(literal: string): string {
  const negative = literal.startsWith('-');
  const [mantissa = '', exponent = '0'] = literal.slice(negative ? 1 : 0).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  let start = 0;
  while (digits[start] === '0') start++;
  if (start === digits.length) return '0';
  let end = digits.length;
  while (digits[end - 1] === '0') end--;
  const power = Number(exponent) - fraction.length + (digits.length - end);
  return `${negative ? '-' : ''}${digits.slice(start, end)}e${power}`;
}
