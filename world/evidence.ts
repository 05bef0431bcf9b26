import type { Json } from '../ssot/kernel';

export const EVIDENCE_MEDIA_TYPE = 'application/vnd.specs.evidence+json';
export type Track = 'person' | 'http' | 'socket' | 'rows' | 'log';

interface Entry {
  readonly at: string;
  readonly track: Track;
  readonly actor: string;
  readonly summary: string;
  readonly detail?: Json;
}

/** More than anybody reads through; what follows is only counted. */
const MOST = 2_000;
const SECRET_KEY = /^(password|token|accessToken|refreshToken|authorization|operatorKey|secret)$/i;
const SECRET_TEXT = /(bearer[ .])[\w.~+/=-]+|eyJ[\w-]+\.[\w-]+\.[\w-]+/gi;

/** What every client of a scenario sent and received, in order, without secrets. Shown as a timeline in the documentation. */
export class Evidence {
  readonly #entries: Entry[] = [];

  #leftOut = 0;

  note(track: Track, actor: string, summary: string, detail?: unknown): void {
    if (this.#entries.length >= MOST) {
      this.#leftOut += 1;
      return;
    }
    this.#entries.push({
      at: new Date().toISOString(),
      track,
      actor,
      summary: withoutSecrets(summary) as string,
      ...(detail === undefined ? {} : { detail: withoutSecrets(detail) }),
    });
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  toJson(): string {
    const entries = this.#entries.map((entry, place) =>
      this.#leftOut > 0 && place === MOST - 1 ? { ...entry, summary: `and ${this.#leftOut + 1} more` } : entry,
    );
    return JSON.stringify({ v: 1, entries });
  }
}

function withoutSecrets(value: unknown): Json {
  if (typeof value === 'string')
    return value.replace(SECRET_TEXT, (text, scheme?: string) => `${scheme ?? ''}[secret]`);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, SECRET_KEY.test(key) ? '[secret]' : withoutSecrets(item)]),
    );
  }
  return (typeof value === 'bigint' ? value.toString() : (value ?? null)) as Json;
}
