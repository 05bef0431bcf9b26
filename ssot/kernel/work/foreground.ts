/**
 * Short work that somebody waits for at this moment (a sign-in, a question on its way to its first event). Queues of long work are
 * told of it, so that a crowd in them gives way; what a key (a company) does itself is never in its own way.
 */
export class Foreground {
  readonly #underWay = new Set<{ readonly key: string | undefined }>();
  readonly #listeners = new Set<() => void>();

  /** `key`: whose work it is, as far as that is known. */
  async run<T>(key: string | undefined, work: () => Promise<T>): Promise<T> {
    const entry = { key };
    this.#underWay.add(entry);
    try {
      return await work();
    } finally {
      this.#underWay.delete(entry);
      for (const listener of this.#listeners) listener();
    }
  }

  /** Whether somebody else's short work is under way. */
  isBusyBeside(key: string): boolean {
    for (const entry of this.#underWay) if (entry.key !== key) return true;
    return false;
  }

  /** `listener` is called each time a piece of short work is over; for as long as this lives. */
  onEnd(listener: () => void): void {
    this.#listeners.add(listener);
  }
}
