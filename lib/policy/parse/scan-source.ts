import { placeAt, refuse } from './refuse';

// Before YAML is read: size, lines and characters, in one linear pass.

export const MOST_BYTES = 64 * 1024;
const MOST_LINES = 4000;

/** Refuses text over 64 KiB or 4,000 lines, and characters that hide, reorder or end text (NUL, BOM, bidi controls). */
export function scanSource(text: string): void {
  if (text.length > MOST_BYTES) refuse(placeAt('', 0), 'the document is larger than 64 KiB');
  let bytes = 0;
  let lines = 1;
  for (let offset = 0; offset < text.length; offset += 1) {
    const unit = text.charCodeAt(offset);
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate(unit) ? 2 : 3;
    if (unit === 0x0a) lines += 1;
    if (lines > MOST_LINES) refuse(placeAt(text, offset), 'the document has more than 4,000 lines');
    const problem = problemWith(text, offset, unit);
    if (problem) refuse(placeAt(text, offset), problem);
  }
  if (bytes > MOST_BYTES) refuse(placeAt('', 0), 'the document is larger than 64 KiB');
}

function problemWith(text: string, offset: number, unit: number): string | null {
  if (unit === 0x0d && text.charCodeAt(offset + 1) !== 0x0a) return 'a carriage return that ends no line';
  if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d)
    return `a control character (${code(unit)})`;
  if (unit < 0x7f) return null;
  if (unit < 0xa0 || isHidden(unit)) return `an invisible or reordering character (${code(unit)})`;
  if (isSurrogate(unit)) return surrogateProblem(text, offset, unit);
  return null;
}

/** Zero-width and bidi controls, line separators, BOM, soft hyphen. */
function isHidden(unit: number): boolean {
  return (
    unit === 0xad ||
    unit === 0x61c ||
    unit === 0x180e ||
    (unit >= 0x200b && unit <= 0x200f) ||
    (unit >= 0x2028 && unit <= 0x202e) ||
    (unit >= 0x2060 && unit <= 0x206f) ||
    unit === 0xfeff ||
    (unit >= 0xfff9 && unit <= 0xfffb) ||
    unit >= 0xfffe
  );
}

function surrogateProblem(text: string, offset: number, unit: number): string | null {
  const isLead = unit < 0xdc00;
  const other = text.charCodeAt(isLead ? offset + 1 : offset - 1);
  const paired = isLead ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
  if (!paired) return 'half of a character (a lone surrogate)';
  return unit === 0xdb40 ? 'an invisible or reordering character (tag)' : null;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function code(unit: number): string {
  return `U+${unit.toString(16).toUpperCase().padStart(4, '0')}`;
}
