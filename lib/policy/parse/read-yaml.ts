import {
  Composer,
  CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
} from 'yaml';
import { DEEPEST, tokenChecker } from './check-tokens';
import { exactNumber } from './exact-number';
import { type Place, placeAt, refuse } from './refuse';
import { scanSource } from './scan-source';

/** A value with its place. Map keys are text and unique. */
export type YamlNode = Place &
  (
    | { kind: 'scalar'; value: string | number | boolean | null }
    | { kind: 'list'; items: YamlNode[] }
    | { kind: 'map'; entries: YamlEntry[] }
  );
export type YamlEntry = { key: string; keyPlace: Place; value: YamlNode };

/**
 * Reads the one document that a text may hold, as YAML 1.2 core (`no` and `off` are text). Refuses, with line and column:
 * what `scanSource` and `tokenChecker` name, duplicate keys, depth over 16, numbers that aren't exact.
 */
export function readYaml(text: string): YamlNode {
  scanSource(text);
  const document = compose(text);
  const [error] = document.errors;
  if (error) refuse(placeAt(text, error.pos[0]), firstSentence(error.message));
  if (!document.contents) refuse(placeAt(text, 0), 'the document is empty');
  return convert(document.contents as Node, { text, lines: lineStarts(text) }, '', 1); // as: without anchors, contents is a plain node
}

function compose(text: string): Document {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of lex(text)) tokens.push(...parser.next(lexeme));
  tokens.push(...parser.end());
  const options = {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    logLevel: 'silent',
  } as const;
  const [document, another] = [...new Composer(options).compose(tokens, true, text.length)];
  if (!document || another) refuse(placeAt(text, 0), 'exactly one document is expected');
  return document as Document; // as: the composer's wider type only differs in whether contents may be null
}

/** All lexemes, each of them checked before anything is parsed: the lexer is linear and nests nothing. */
function lex(text: string): string[] {
  const check = tokenChecker();
  const lexemes: string[] = [];
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const problem = check(lexeme);
    if (problem) refuse(placeAt(text, offset), problem);
    if (!isMarker(lexeme)) offset += lexeme.length;
    lexemes.push(lexeme);
  }
  return lexemes;
}

/** The lexer's own marks between lexemes stand for no character of the text. */
function isMarker(lexeme: string): boolean {
  return lexeme === CST.SCALAR || lexeme === CST.DOCUMENT || lexeme === CST.FLOW_END;
}

type Source = { text: string; lines: number[] };

function convert(node: Node, source: Source, pointer: string, depth: number): YamlNode {
  const place = placeOf(node, source, pointer);
  if (depth > DEEPEST) refuse(place, `nested deeper than ${DEEPEST}`);
  if (isAlias(node)) refuse(place, 'aliases are not allowed');
  if (node.anchor || node.tag) refuse(place, 'anchors and tags are not allowed');
  if (isMap(node)) return { ...place, kind: 'map', entries: convertEntries(node, source, place, depth) };
  if (isSeq(node)) {
    const items = node.items.map(
      (item, position) => convert(item as Node, source, `${pointer}/${position}`, depth + 1), // as: a parsed list holds nodes
    );
    return { ...place, kind: 'list', items };
  }
  if (!isScalar(node)) refuse(place, 'unexpected content');
  return { ...place, kind: 'scalar', value: convertScalar(node, place) };
}

function convertScalar(
  node: { value: unknown; source?: string },
  place: Place,
): string | number | boolean | null {
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  const number = exactNumber(node.source ?? String(value));
  return typeof number === 'string' ? refuse(place, number) : number;
}

function convertEntries(
  map: { items: { key: unknown; value: unknown }[] },
  source: Source,
  place: Place,
  depth: number,
): YamlEntry[] {
  const seen = new Set<string>();
  return map.items.map(({ key, value }) => {
    const keyPlace = placeOf(key as Node, source, place.pointer); // as: a parsed pair's key is a node
    if (!isScalar(key) || typeof key.value !== 'string') refuse(keyPlace, 'a key must be text');
    if (key.anchor || key.tag) refuse(keyPlace, 'anchors and tags are not allowed');
    if (seen.has(key.value)) refuse(keyPlace, `the key “${key.value}” stands twice`);
    seen.add(key.value);
    const pointer = `${place.pointer}/${key.value.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const at = { ...keyPlace, pointer };
    const inner = value ? convert(value as Node, source, pointer, depth + 1) : emptyAt(at); // as: a pair's value is a node or null
    return { key: key.value, keyPlace: at, value: inner };
  });
}

function emptyAt(place: Place): YamlNode {
  return { ...place, kind: 'scalar', value: null };
}

function placeOf(node: Node | null, { lines }: Source, pointer: string): Place {
  const offset = node?.range?.[0] ?? 0;
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { pointer, line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function firstSentence(message: string): string {
  return message.split('\n')[0] ?? message;
}
