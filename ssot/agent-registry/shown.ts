import type { Json } from '../kernel';

/** Characters of JSON that an event shows of a note, a tool's input and its result, and that are kept of a result. */
const MOST = { note: 500, input: 1_000, result: 4_096, kept: 1_048_576 } as const;

export function shownNote(note: string): string {
  return note.length > MOST.note ? `${note.slice(0, MOST.note - 1)}…` : note;
}

/** What is longer is cut, as text, with a mark; `more` says so. */
export function cutTo(what: 'input' | 'result' | 'kept', value: Json): { shown: Json; more: boolean } {
  const whole = JSON.stringify(value);
  const more = whole.length > MOST[what];
  return { shown: more ? `${whole.slice(0, MOST[what])}…` : value, more };
}

/** As it travels and is stored: without what JSON cannot say. */
export function asJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
