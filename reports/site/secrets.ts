const SECRET_KEY =
  /^(password|passphrase|secret|clientSecret|token|accessToken|refreshToken|authorization|cookie|apiKey|operatorKey|masterKey)$/i;
const MASK = '[secret]';

/** Credentials that stand in running text. Each keeps what surrounds the credential, so that the sentence stays readable. */
const IN_TEXT: readonly (readonly [pattern: RegExp, kept: string])[] = [
  [/\bbearer([ .:]+)(?!\[secret\])[\w.~+/=-]{8,}/gi, `bearer$1${MASK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, MASK],
  [/(:\/\/[^\s:/@]+:)(?!\[secret\])[^\s@/]+(?=@)/g, `$1${MASK}`],
  [
    /("(?:password|secret|token|accessToken|refreshToken|authorization|operatorKey|masterKey)"\s*:\s*")[^"]+/gi,
    `$1${MASK}`,
  ],
];

/**
 * The last gate before a reader: text without bearer credentials, signed tokens and passwords in addresses. The World
 * removes secrets where it records them; this holds for streams that come from elsewhere, and for error messages.
 */
export function withoutSecrets(text: string): string {
  return IN_TEXT.reduce((clean, [pattern, kept]) => clean.replace(pattern, kept), text);
}

/** A JSON value in which every field that is named like a credential is masked. */
export function maskedFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedFields);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_KEY.test(key) ? MASK : maskedFields(item)]),
  );
}
