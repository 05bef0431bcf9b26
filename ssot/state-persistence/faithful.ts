/** Deeper than this, whoever reads it could run out of stack; a loop is deeper than anything. */
const MAX_DEPTH = 500;

/**
 * Where a value would not come back from JSON as it is: a path such as `.rows.3.spend`, empty for the value itself; undefined when all of it would. Walked
 * once, because reading it back and comparing costs more than all else that a save does here.
 */
export function unfaithful(value: unknown, depth = 0): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  // Minus zero comes back as zero.
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? undefined : '';
  if (typeof value !== 'object' || depth > MAX_DEPTH) return '';
  const keys = Object.keys(value);
  if (Array.isArray(value) ? keys.length !== value.length : !isPlain(value)) return '';
  for (const key of keys) {
    const found = unfaithful((value as Record<string, unknown>)[key], depth + 1);
    if (found !== undefined) return `.${key}${found}`;
  }
  return undefined;
}

/** Of its own keys and nothing else: no class, no symbols, nothing that would write or read itself in another way. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return (
    typeof (value as { toJSON?: unknown }).toJSON !== 'function' &&
    !Object.hasOwn(value, '__proto__') &&
    Object.getOwnPropertySymbols(value).length === 0
  );
}
