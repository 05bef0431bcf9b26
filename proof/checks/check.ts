import type { CheckPlace } from '../worker/protocol';

/** What may notice a defect: a scenario, or a module test. */
export interface Check {
  /** By meaning: the same as long as what it says is the same, wherever it stands. */
  readonly id: string;
  readonly kind: 'scenario' | 'test';
  /** For people: `ID-02 / Dana's threads are listed newest first`. */
  readonly title: string;
  readonly place: CheckPlace;
  /** Tags of a scenario. */
  readonly tags: readonly string[];
}
