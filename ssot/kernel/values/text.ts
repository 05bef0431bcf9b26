/** Whatever is drawn: no white space, nothing that programs skip when they draw, no control or format character, and none that will never be one. */
const VISIBLE = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Noncharacter_Code_Point}\u2800]/u;

/** JSON Schema's pattern for the same. */
export const VISIBLE_PATTERN = VISIBLE.source;

/** The length of a text, as JSON Schema and PostgreSQL count it: in Unicode code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Whether there is anything to see in a text. */
export function isVisible(text: string): boolean {
  return VISIBLE.test(text);
}

/**
 * Why a text that somebody wrote cannot be taken, as the end of a sentence that begins with its field; nothing when it
 * can: something is to be seen in it, it has at most `max` code points, and it can be stored and sent as it is.
 */
export function textProblem(text: string, max: number): string | undefined {
  // Every code point is at most two units, so that no text is counted that cannot fit.
  if (text.length > 2 * max || codePoints(text) > max) return `must have at most ${max} characters`;
  if (text.includes('\0')) return 'must not contain a NUL character';
  if (!text.isWellFormed()) return 'must not contain half a character';
  return isVisible(text) ? undefined : 'must not be blank';
}
