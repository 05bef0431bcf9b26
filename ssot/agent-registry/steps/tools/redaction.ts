import type { Json } from '../../../kernel';

const HIDDEN = '[hidden]';
/** Last words of names whose values nobody may see. Whole words: a monkey has no key, and an author no authorization. */
const SECRET_NAMES =
  /(^| )(password|passwd|passphrase|pwd|secret|token|credential|credentials|authorization|cookie|api ?key|private key|access key)$/;
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  // postgres://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${HIDDEN}@`],
  [/\b(password|passwd|pwd|secret|token|api[_-]?key)(["']?\s*[=:]\s*)[^\s,;]+/gi, `$1$2${HIDDEN}`],
  [/\b(sk|pk|ghp|xox[abp])[-_][\w-]{16,}/g, HIDDEN],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN],
];

/** A copy in which secrets are hidden at any depth: by the name they stand under, or by what they look like. */
export function withoutSecrets(value: Json): Json {
  if (typeof value === 'string') return textWithoutSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([name, inside]) => [
      name,
      typeof inside === 'string' && SECRET_NAMES.test(wordsOf(name)) ? HIDDEN : withoutSecrets(inside),
    ]),
  );
}

export function textWithoutSecrets(text: string): string {
  return PATTERNS.reduce((left, [pattern, instead]) => left.replace(pattern, instead), text);
}

/** `dbPassword` and `DB_PASSWORD` read "db password". */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim();
}
