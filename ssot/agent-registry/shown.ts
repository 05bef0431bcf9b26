import type { Json } from '../kernel';

/** Characters of JSON that an event shows of a note, a tool's input and its result, and that are kept of a result. */
const MOST = { note: 500, input: 1_000, result: 4_096, kept: 1_048_576 } as const;
/** Of a character, at the end of a text. */
const HALF = /[\ud800-\udbff]$/;

export function shownNote(note: string): string {
  return note.length > MOST.note ? cut(note, MOST.note - 1) : note;
}

/** At most so many UTF-16 units and a mark; no character is cut in half. */
export function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(HALF, '')}…` : text;
}

/** What is longer is cut, as text, with a mark; `more` says so. */
export function cutTo(what: 'input' | 'result' | 'kept', value: Json): { shown: Json; more: boolean } {
  const whole = JSON.stringify(value);
  const more = whole.length > MOST[what];
  return { shown: more ? cut(whole, MOST[what]) : value, more };
}

/** As it travels and is stored: without what JSON cannot say, and in names without what PostgreSQL cannot keep. */
export function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value), (_, inside: unknown) =>
    typeof inside === 'string' ? inside.replaceAll('\0', '\ufffd').toWellFormed() : inside,
  ) as Json;
}
