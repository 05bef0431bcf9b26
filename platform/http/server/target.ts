const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/** The path of a request target (RFC 9112, 3.2), or `undefined` when there is none to be read. Never throws. */
export function pathOf(target: string): string | undefined {
  if (target.startsWith('/')) return target.split(/[?#]/, 1)[0];
  if (target === '*') return target;
  if (!ABSOLUTE.test(target) || !URL.canParse(target)) return undefined;
  return target.replace(ABSOLUTE, '').split(/[?#]/, 1)[0] || '/';
}
