import type { ProofRecord } from './record';
import { writeRecord } from './record-file';

const SAVE_EVERY_MS = 10_000;

/** Writes a record while it grows, so that a proof that is stopped goes on from there. */
export class RecordKeeper {
  #savedAt = performance.now();

  /** @param isKnown whether a check has been seen at work; one that has not would not be new to the next run */
  constructor(
    private readonly record: ProofRecord,
    private readonly root: string,
    private readonly isKnown: (check: string) => boolean,
  ) {}

  /** To be told after each result. */
  changed(): void {
    if (performance.now() - this.#savedAt >= SAVE_EVERY_MS) this.save();
  }

  save(): void {
    this.#savedAt = performance.now();
    const checks = new Map([...this.record.checks].filter(([id]) => this.isKnown(id)));
    writeRecord({ ...this.record, checks }, this.root);
  }
}
