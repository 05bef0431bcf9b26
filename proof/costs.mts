import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { TestResult } from '@stryker-mutator/api/test-runner';
import { TestStatus } from '@stryker-mutator/api/test-runner';

/**
 * A scenario that takes longer moves many records or starts processes, and one on services may wait in vain for a platform
 * that a defect keeps from starting: asking them about every defect takes hours.
 */
const COSTLY_MS = 150;
/** Costly scenarios are asked together as long as they take no longer than this when nothing is wrong. */
const TOGETHER_MS = 1_500;
/** A defect that costly scenarios worth this much time have not noticed counts as unnoticed. */
const PATIENCE_MS = 5_000;
/** How many of those that have noticed nothing are asked about a defect that is noticed already. */
const AT_ONCE = 4;
/** What is quicker is asked whenever its word is needed. */
const QUICK_MS = 100;
/** How many lines away a defect may lie to be called a neighbour. */
const NEARBY_LINES = 12;
const TIMES = 'scenario-times.json';
const NOTICED = 'costly-noticed.log';

/** Where a defect lies. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

interface Noticed extends Place {
  readonly id: string;
}

interface Time {
  readonly ms: number;
  readonly cheap: boolean;
}

/**
 * Who is asked about a defect. Cheap scenarios always are, all of them. Costly ones are asked a few at a time, those first
 * that noticed a neighbouring defect, then the quicker ones, until one notices it; then a few that have noticed nothing yet are asked as well. The
 * number of defects a costly scenario is reported with, and the share of noticed defects, are therefore lower bounds. Kept
 * in the sandbox, because a defect in code that runs while a module loads is tried in a fresh process.
 */
export class Costs {
  #times: Readonly<Record<string, Time>> | null = null;

  /** `alone`: the scenarios that need no service. */
  remember(tests: readonly TestResult[], alone: ReadonlySet<string>): void {
    const times = tests.map(({ id, timeSpentMs: ms }): [string, Time] => [
      id,
      { ms, cheap: alone.has(id) && ms <= COSTLY_MS },
    ]);
    writeFileSync(TIMES, JSON.stringify(Object.fromEntries(times)));
  }

  cheap(asked: readonly string[] | undefined): readonly string[] {
    return this.#all(asked).filter((id) => this.#time(id).cheap);
  }

  /** The costly scenarios in groups that are asked together, the most promising first, as far as patience goes. */
  inTurn(asked: readonly string[] | undefined, place: Place): readonly (readonly string[])[] {
    const near = new Map<string, number>();
    for (const { id, file, line } of this.#noticed()) {
      if (file !== place.file || Math.abs(line - place.line) > NEARBY_LINES) continue;
      near.set(id, (near.get(id) ?? 0) + 1);
    }
    const ordered = this.#costly(asked)
      .map((id) => ({ id, near: near.get(id) ?? 0, cost: this.#time(id).ms * (0.5 + Math.random()) }))
      .sort((a, b) => b.near - a.near || a.cost - b.cost);
    const groups: string[][] = [];
    let [spent, together] = [0, Infinity];
    for (const { id } of ordered) {
      const { ms } = this.#time(id);
      if (spent > PATIENCE_MS) break;
      if (together + ms > TOGETHER_MS) {
        groups.push([]);
        together = 0;
      }
      groups.at(-1)?.push(id);
      together += ms;
      spent += ms;
    }
    return groups;
  }

  /** A few costly scenarios that have noticed nothing so far. */
  needy(asked: readonly string[] | undefined): readonly string[] {
    const noticed = new Set(this.#noticed().map(({ id }) => id));
    const waiting = this.#costly(asked).filter((id) => !noticed.has(id));
    // Slow ones more rarely: they would take most of the time without being more promising.
    const chosen = waiting.filter((id) => Math.random() * this.#time(id).ms < QUICK_MS);
    return chosen.sort(() => Math.random() - 0.5).slice(0, AT_ONCE);
  }

  note(tests: readonly TestResult[], { file, line }: Place): void {
    for (const { id, status } of tests) {
      if (status !== TestStatus.Failed || this.#time(id).cheap) continue;
      appendFileSync(NOTICED, `${JSON.stringify({ id, file, line } satisfies Noticed)}\n`);
    }
  }

  #noticed(): readonly Noticed[] {
    if (!existsSync(NOTICED)) return [];
    const lines = readFileSync(NOTICED, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Noticed);
  }

  #costly(asked: readonly string[] | undefined): readonly string[] {
    return this.#all(asked).filter((id) => !this.#time(id).cheap);
  }

  #all(asked: readonly string[] | undefined): readonly string[] {
    return asked ?? Object.keys(this.#known());
  }

  #time(id: string): Time {
    return this.#known()[id] ?? { ms: 0, cheap: true };
  }

  #known(): Readonly<Record<string, Time>> {
    this.#times ??= JSON.parse(readFileSync(TIMES, 'utf8')) as Record<string, Time>;
    return this.#times;
  }
}
