import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestResult } from '@stryker-mutator/api/test-runner';
import { TestStatus } from '@stryker-mutator/api/test-runner';

/** A scenario that takes longer starts processes, moves many records or waits: asking it about every defect takes hours. */
const COSTLY_MS = 150;
/** Costly scenarios are asked until they have noticed this many defects. */
const ENOUGH = 3;
const TIMES = 'scenario-times.json';
const NOTICED = 'costly-noticed.log';

/**
 * Who is asked about a defect. Cheap scenarios always are. Costly ones are asked about every defect that no cheap one
 * notices; about the others only one at a time, and only until it has noticed enough to be proven: the number of defects
 * a costly scenario is reported with is therefore a lower bound. Kept in the sandbox, because a defect in code that runs
 * while a module loads is tried in a fresh process.
 */
export class Costs {
  #times: Readonly<Record<string, number>> | null = null;

  remember(tests: readonly TestResult[]): void {
    writeFileSync(TIMES, JSON.stringify(Object.fromEntries(tests.map(({ id, timeSpentMs }) => [id, timeSpentMs]))));
  }

  cheap(asked: readonly string[] | undefined): readonly string[] {
    return this.#all(asked).filter((id) => !this.#isCostly(id));
  }

  costly(asked: readonly string[] | undefined, tests: readonly TestResult[]): readonly string[] {
    const costly = this.#all(asked).filter((id) => this.#isCostly(id));
    if (!tests.some(({ status }) => status === TestStatus.Failed)) return costly;
    const noticed = existsSync(NOTICED) ? readFileSync(NOTICED, 'utf8').split('\n') : [];
    const count = (id: string): number => noticed.filter((line) => line === id).length;
    const [needy] = costly
      .filter((id) => count(id) < ENOUGH)
      .sort((a, b) => count(a) - count(b) || Math.random() - 0.5);
    return needy === undefined ? [] : [needy];
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
