import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestResult } from '@stryker-mutator/api/test-runner';
import { TestStatus } from '@stryker-mutator/api/test-runner';

/** A scenario that takes longer starts processes, moves many records or waits: asking it about every defect takes hours. */
const COSTLY_MS = 150;
/** Costly scenarios are asked about defects that others have noticed until they have noticed this many themselves. */
const ENOUGH = 1;
const TIMES = 'scenario-times.json';
const NOTICED = 'costly-noticed.log';

/**
 * Who is asked about a defect. Cheap scenarios always are, all of them. Costly ones are asked one after the other, the
 * one that has noticed least first, until one notices it; about a defect that was noticed already only one is asked, and
 * only while it has not noticed enough to be proven. The number of defects a costly scenario is reported with is
 * therefore a lower bound. Kept in the sandbox, because a defect in code that runs while a module loads is tried in a
 * fresh process.
 */
export class Costs {
  #times: Readonly<Record<string, number>> | null = null;

  remember(tests: readonly TestResult[]): void {
    writeFileSync(TIMES, JSON.stringify(Object.fromEntries(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]))));
  }

  cheap(asked: readonly string[] | undefined): readonly string[] {
    return this.#all(asked).filter((id) => !this.#isCostly(id));
  }

  /** The costly scenarios to ask, in this order; the caller stops at the first that notices. */
  costly(asked: readonly string[] | undefined, isNoticed: boolean): readonly string[] {
    const lines = existsSync(NOTICED) ? readFileSync(NOTICED, 'utf8').split('\n') : [];
    const count = (id: string): number => lines.filter((line) => line === id).length;
    const costly = this.#all(asked).filter((id) => this.#isCostly(id));
    const inTurn = costly.sort((a, b) => count(a) - count(b) || Math.random() - 0.5);
    return isNoticed ? inTurn.filter((id) => count(id) < ENOUGH).slice(0, 1) : inTurn;
  }

  note(tests: readonly TestResult[]): void {
    for (const { id, status } of tests) {
      if (status === TestStatus.Failed && this.#isCostly(id)) appendFileSync(NOTICED, `${id}\n`);
    }
  }

  #isCostly(id: string): boolean {
    return (this.#known()[id] ?? 0) > COSTLY_MS;
  }

  #all(asked: readonly string[] | undefined): readonly string[] {
    return asked ?? Object.keys(this.#known());
  }

  #known(): Readonly<Record<string, number>> {
    this.#times ??= JSON.parse(readFileSync(TIMES, 'utf8')) as Record<string, number>;
    return this.#times;
  }
}
