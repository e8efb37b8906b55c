// A number stands for exactly the decimal that was written, or it is refused.

const DECIMAL = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * The number that a document wrote, or what is wrong with it. Plain decimals only (no `0x`, `0o`, `017`, `.5`, `.inf`),
 * within ±2^53 and without more digits than a double keeps. This is what makes comparing by `<` exact.
 */
export function exactNumber(source: string): number | string {
  const written = DECIMAL.exec(source);
  if (!written) return `“${source}” is not a plain decimal number; if it is meant as text, quote it`;
  const value = Number(source);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return `“${source}” is beyond 2^53`;
  if (decimalOf(source) !== decimalOf(String(value)))
    return `“${source}” has more digits than can be compared exactly`;
  return value;
}

/** One spelling for equal decimals: digits without outer zeros, and the power of ten of the last one. */
function decimalOf(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(source) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
