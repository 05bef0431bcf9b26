import type { Json } from '../../../kernel';

/** Characters of JSON that an event shows of a note, a tool's input and its result, and that are kept of a result. */
const LIMITS = { note: 500, input: 1_000, result: 4_096, kept: 1_048_576 } as const;
/** The first half of a character, at the end of a text. */
const TRAILING_HIGH_SURROGATE = /[\ud800-\udbff]$/;

export function truncateNote(note: string): string {
  return note.length > LIMITS.note ? truncateText(note, LIMITS.note - 1) : note;
}

/** At most `max` UTF-16 units and an ellipsis; no character is cut in half. */
export function truncateText(text: string, max: number): string {
  return text.length > max ? `${text.slice(0, max).replace(TRAILING_HIGH_SURROGATE, '')}…` : text;
}

/** A value whose JSON is too long becomes text, truncated with an ellipsis; `more` says so. */
export function truncate(what: 'input' | 'result' | 'kept', value: Json): { shown: Json; more: boolean } {
  const whole = JSON.stringify(value);
  const more = whole.length > LIMITS[what];
  return { shown: more ? truncateText(whole, LIMITS[what]) : value, more };
}

/** As it travels and is stored: without what JSON cannot say, and in names without what PostgreSQL cannot keep. */
export function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value), (_, inside: unknown) =>
    typeof inside === 'string' ? inside.replaceAll('\0', '\ufffd').toWellFormed() : inside,
  ) as Json;
}
