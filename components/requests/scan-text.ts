// Nothing that an agent writes may be invisible: each hidden character becomes a mark that can be seen.

export type TextPart =
  | { kind: 'plain'; text: string }
  | { kind: 'hidden'; text: string; label: string; meaning: string }
  | { kind: 'mixed'; text: string };

// Control, format, private-use and default-ignorable characters, lone surrogates, and the blank Braille cell.
// Emoji keep their joiners and selectors; long runs of empty lines or stacked accents count as hiding.
const suspects =
  /(?<emoji>\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*|[0-9#*]\uFE0F\u20E3)|(?<lines>(?:\r?\n[ \t]*){4,})|(?<accents>\p{M}{4,})|(?<hidden>\r(?!\n)|[^\P{Cc}\r\n\t]|[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800])/gu;

/** Splits text into what may be shown as it is and what must be pointed out. Joined again, it is the input. */
export function scanText(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(suspects)) {
    const groups = match.groups ?? {};
    if (groups.emoji !== undefined) continue;
    if (match.index > from) parts.push(...words(text.slice(from, match.index)));
    parts.push(mark(match[0], groups));
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push(...words(text.slice(from)));
  return parts;
}

/** Whether anything in the text had to be pointed out. */
export function hidesSomething(text: string): boolean {
  return scanText(text).some((part) => part.kind !== 'plain');
}

/** The text with its marks as plain characters, for places that take no elements, such as the page's title. */
export function plainText(text: string): string {
  return scanText(text)
    .map((part) => (part.kind === 'hidden' ? part.label : part.text))
    .join('');
}

function mark(found: string, groups: Record<string, string | undefined>): TextPart {
  if (groups.lines !== undefined) {
    const count = found.split('\n').length - 1;
    return {
      kind: 'hidden',
      text: found,
      label: `⟦${count} line breaks⟧`,
      meaning: 'a long run of empty lines',
    };
  }
  if (groups.accents !== undefined) {
    const count = [...found].length;
    return {
      kind: 'hidden',
      text: found,
      label: `⟦${count} stacked accents⟧`,
      meaning: 'accents piled on one letter',
    };
  }
  const point = found.codePointAt(0) ?? 0;
  const code = point.toString(16).toUpperCase().padStart(4, '0');
  return { kind: 'hidden', text: found, label: `⟦U+${code}⟧`, meaning: meaningOf(point) };
}

function meaningOf(point: number): string {
  if ((point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069))
    return 'changes the direction of text';
  if (point === 0x200e || point === 0x200f || point === 0x61c) return 'changes the direction of text';
  if (point >= 0xe0000 && point <= 0xe007f)
    return `invisible tag character “${String.fromCharCode(point - 0xe0000)}”`;
  if (point < 0x20 || (point >= 0x7f && point <= 0x9f)) return 'control character';
  if (point >= 0xd800 && point <= 0xdfff) return 'broken character';
  return 'invisible character';
}

const word = /[\p{L}\p{M}\p{N}]+/gu;
const scripts = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
];

// A word that mixes look-alike alphabets, such as a Cyrillic “а” in “pаypal”.
function words(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(word)) {
    if (scripts.filter((script) => script.test(match[0])).length < 2) continue;
    if (match.index > from) parts.push({ kind: 'plain', text: text.slice(from, match.index) });
    parts.push({ kind: 'mixed', text: match[0] });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'plain', text: text.slice(from) });
  return parts;
}
