/** What clients write, by kind; each under a key of the client's own. */
export const KINDS = ['threads', 'questions', 'uses of models', 'working state', 'shared reports'] as const;
export type Kind = (typeof KINDS)[number];

/** By key, as told or as read. */
export type Entries = ReadonlyMap<string, string>;
export type Readable = Readonly<Record<Kind, Entries>>;

/** What clients were told is kept, as the last acknowledgement left it. */
export class Ledger {
  readonly #kept: Record<Kind, Map<string, string>> = {
    threads: new Map(),
    questions: new Map(),
    'uses of models': new Map(),
    'working state': new Map(),
    'shared reports': new Map(),
  };
  readonly #unknown: string[] = [];

  acknowledge(kind: Kind, key: string, value: string): void {
    this.#kept[kind].set(key, value);
  }

  /** A removal was acknowledged. */
  withdraw(kind: Kind, key: string): void {
    this.#kept[kind].delete(key);
  }

  /** A thread takes its questions and their shared reports with it. */
  withdrawThread(threadId: string): void {
    this.withdraw('threads', threadId);
    for (const [key, value] of this.#kept.questions) {
      if (!key.startsWith(`${threadId} `)) continue;
      this.withdraw('questions', key);
      for (const runId of this.#kept['shared reports'].keys()) {
        if (value.includes(runId)) this.withdraw('shared reports', runId);
      }
    }
  }

  /** Nobody could say whether it is kept, however often it was asked. */
  leaveOpen(kind: Kind, key: string, why: string): void {
    this.#unknown.push(`${kind}: ${key} (${why})`);
  }

  get unknown(): readonly string[] {
    return this.#unknown;
  }

  get kept(): Readable {
    return this.#kept;
  }
}

/** Everything in which what can be read differs from what was acknowledged, a sentence each; empty when they are equal. */
export function differences(kind: Kind, told: Entries, read: Entries): readonly string[] {
  const wrong: string[] = [];
  for (const [key, value] of told) {
    const found = read.get(key);
    if (found === undefined) wrong.push(`${kind}: ${key} was acknowledged as "${value}" and cannot be read`);
    else if (found !== value) wrong.push(`${kind}: ${key} was acknowledged as "${value}" and reads "${found}"`);
  }
  for (const [key, value] of read) {
    if (!told.has(key)) wrong.push(`${kind}: ${key} reads "${value}", and nobody was told that it is kept`);
  }
  return wrong;
}
