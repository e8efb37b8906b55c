// After signing in a person goes to a page of this desk and nowhere else.

/** `asked` if it is a path on this host, else the inbox. */
export function safeReturn(asked: string | string[] | undefined | null): string {
  if (typeof asked !== 'string' || !/^\/(?![/\\])[^\\\p{Cc}]*$/u.test(asked)) return '/inbox';
  return asked;
}
