import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestResult } from '@stryker-mutator/api/test-runner';
import { TestStatus } from '@stryker-mutator/api/test-runner';

/**
 * A scenario that takes longer moves many records or starts processes, and one on services may wait in vain for a platform
 * that a defect keeps from starting: asking them about every defect takes hours.
 */
const COSTLY_MS = 150;
/** Costly scenarios are asked about defects that others have noticed until they have noticed this many themselves. */
const ENOUGH = 1;
const CHEAP = 'cheap-scenarios.json';
const NOTICED = 'costly-noticed.log';

/**
 * Who is asked about a defect. Cheap scenarios always are, all of them. Costly ones are asked one after the other, the
 * one that has noticed least first, until one notices it; about a defect that was noticed already only one is asked, and
 * only while it has not noticed enough to be proven. The number of defects a costly scenario is reported with is
 * therefore a lower bound. Kept in the sandbox, because a defect in code that runs while a module loads is tried in a
 * fresh process.
 */
export class Costs {
  #isCheap: Readonly<Record<string, boolean>> | null = null;

  /** `alone`: the scenarios that need no service. */
  remember(tests: readonly TestResult[], alone: ReadonlySet<string>): void {
    const costs = tests.map(({ id, timeSpentMs }) => [id, alone.has(id) ? timeSpentMs : Infinity] as const);
    writeFileSync(CHEAP, JSON.stringify(Object.fromEntries(costs.map(([id, ms]) => [id, ms <= COSTLY_MS]))));
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
    return this.#known()[id] === false;
  }

  #all(asked: readonly string[] | undefined): readonly string[] {
    return asked ?? Object.keys(this.#known());
  }

  #known(): Readonly<Record<string, boolean>> {
    this.#isCheap ??= JSON.parse(readFileSync(CHEAP, 'utf8')) as Record<string, boolean>;
    return this.#isCheap;
  }
}
