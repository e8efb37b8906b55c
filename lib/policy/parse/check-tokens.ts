import { CST } from 'yaml';

// What a policy may be written in is a small part of YAML; whatever could cost much to read is refused token by token.

export const DEEPEST = 16;
const MOST_TOKENS = 24_000;
const MOST_COMMAS = 2500;

/**
 * A checker to feed with lexemes in order; answers what is wrong with one, or null. Linear, and ends at the first fault:
 * depth over 16, anchors, aliases, tags, directives, a second document, explicit keys, two keys on one line,
 * unbalanced brackets, empty entries, more than 2,500 commas or 24,000 lexemes.
 */
export function tokenChecker(): (lexeme: string) => string | null {
  const state: State = {
    open: [],
    documents: 0,
    dashes: 0,
    keys: 0,
    tokens: 0,
    commas: 0,
    expectsEntry: false,
  };
  return (lexeme) => {
    state.tokens += 1;
    if (state.tokens > MOST_TOKENS) return 'the document has too many parts';
    const type = CST.tokenType(lexeme);
    return forbidden(type) ?? checkNesting(type, lexeme, state) ?? checkLine(type, state);
  };
}

type State = {
  open: string[];
  documents: number;
  dashes: number;
  keys: number;
  tokens: number;
  commas: number;
  expectsEntry: boolean;
};

type TokenType = ReturnType<typeof CST.tokenType>;

function forbidden(type: TokenType): string | null {
  switch (type) {
    case 'anchor':
      return 'anchors are not allowed; use lists';
    case 'alias':
      return 'aliases are not allowed; text that starts with * needs quotes';
    case 'tag':
      return 'tags are not allowed';
    case 'directive-line':
      return 'directives are not allowed';
    case 'explicit-key-ind':
      return 'explicit keys (?) are not allowed';
    case 'byte-order-mark':
      return 'a byte order mark is not allowed';
    default:
      return null;
  }
}

function checkNesting(type: TokenType, lexeme: string, state: State): string | null {
  if (type === 'flow-map-start' || type === 'flow-seq-start') {
    state.open.push(lexeme === '{' ? '}' : ']');
    state.expectsEntry = true;
    return state.open.length > DEEPEST ? `nested deeper than ${DEEPEST}` : null;
  }
  if (type === 'flow-map-end' || type === 'flow-seq-end') {
    state.expectsEntry = false;
    return state.open.pop() === lexeme ? null : `“${lexeme}” closes nothing`;
  }
  if (type === 'comma') {
    if (state.expectsEntry) return 'an entry is missing before the comma';
    state.expectsEntry = true;
    state.commas += 1;
    return state.commas > MOST_COMMAS ? 'the document has too many entries' : null;
  }
  if (type !== 'space' && type !== 'newline' && type !== 'comment') state.expectsEntry = false;
  return null;
}

function checkLine(type: TokenType, state: State): string | null {
  if (type === 'newline') {
    state.dashes = 0;
    state.keys = 0;
    return null;
  }
  if (type === 'seq-item-ind') {
    state.dashes += 1;
    return state.dashes > DEEPEST ? `nested deeper than ${DEEPEST}` : null;
  }
  if (type === 'map-value-ind' && state.open.length === 0) {
    state.keys += 1;
    return state.keys > 1 ? 'two keys on one line; text with a colon needs quotes' : null;
  }
  if (type === 'doc-start' || type === 'doc-mode') {
    state.documents += type === 'doc-start' ? 1 : 0;
    return state.documents > 1 ? 'only one document is allowed' : null;
  }
  return null;
}
