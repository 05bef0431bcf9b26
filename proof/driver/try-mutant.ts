import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { isCertain } from './certainty';
import type { Reach } from './reach';
import { runIn, type Outcome, type Slot } from './slot';

export type Verdict =
  | { readonly kind: 'noticed'; readonly by: Check }
  | { readonly kind: 'unnoticed' }
  | { readonly kind: 'unloadable' };

/** The checks that are quicker are all asked; slower ones as far as this much of their own time goes, the first in any case. */
const QUICK_MS = 150;
const PATIENCE_MS = 10_000;
/** Mutated code that runs that many times as often as the code that was written runs without end. */
const ENDLESS = 200;
const ENDLESS_AT_LEAST = 20_000;

/** Tells who fails without any defect, so that nothing it says counts. */
export interface Unsteady {
  add(check: Check, message: string): void;
}

/** Asks checks about a mutant until one notices it. */
export class MutantTrial {
  readonly #noticedIn = new Map<string, Set<string>>();

  constructor(
    private readonly reach: Reach,
    private readonly mutants: readonly SystemMutant[],
    private readonly unsteady: Unsteady,
  ) {}

  /**
   * Module tests come first, because they are quick, also where they need a process of their own for it.
   *
   * @param checks who may be asked
   */
  async try(slot: Slot, mutant: SystemMutant, checks: readonly Check[]): Promise<Verdict> {
    const reaching = this.#promisingFirst(mutant, this.reach.checksReaching(mutant.identity, checks));
    const loading = this.#loading(mutant, checks);
    for (const kind of ['test', 'scenario'] as const) {
      const ofKind = (some: readonly Check[]): Check[] => some.filter((check) => check.kind === kind);
      const verdict =
        (await this.#tryWarm(slot, mutant, ofKind(reaching))) ?? (await this.#tryFresh(slot, mutant, ofKind(loading)));
      if (verdict !== null) return verdict;
    }
    return { kind: 'unnoticed' };
  }

  /** Whether one of these checks runs the code at all. */
  isReached(mutant: SystemMutant, checks: readonly Check[]): boolean {
    return this.reach.checksReaching(mutant.identity, checks).length + this.#loading(mutant, checks).length > 0;
  }

  #loading(mutant: SystemMutant, checks: readonly Check[]): Check[] {
    const neighbours = this.mutants.filter(({ file }) => file === mutant.file).map(({ identity }) => identity);
    return this.reach.checksLoading(mutant.identity, neighbours, checks);
  }

  async #tryWarm(slot: Slot, mutant: SystemMutant, checks: readonly Check[]): Promise<Verdict | null> {
    for (const check of this.#patiently(checks)) {
      if ((await this.notices(slot, mutant, check)) !== null) return this.#noticed(mutant, check);
    }
    return null;
  }

  /**
   * How a check fails with a mutant, `null` when it does not. A failure counts only when the check passes right afterwards
   * without the mutant: what a defect leaves behind in process or stores would fail the next one, too.
   */
  async notices(slot: Slot, mutant: SystemMutant, check: Check): Promise<Outcome | null> {
    const usualMs = this.reach.msOf(check.id);
    const hitLimit = Math.max(ENDLESS_AT_LEAST, ENDLESS * this.reach.hits(check.id, mutant.identity));
    const withMutant = (ms: number): Promise<Outcome> =>
      slot.run(check, { mutant: mutant.switch, usualMs: ms, hitLimit });
    let control: Outcome | undefined;
    for (const services of [false, true, true]) {
      const outcome = await withMutant(usualMs);
      if (outcome.passed) return null;
      control = await slot.run(check, { mutant: null, usualMs });
      if (control.passed) return (await isCertain(outcome, control, usualMs, withMutant)) ? outcome : null;
      await slot.renew({ services });
    }
    this.unsteady.add(check, control?.message ?? '');
    return null;
  }

  async #tryFresh(slot: Slot, mutant: SystemMutant, checks: readonly Check[]): Promise<Verdict | null> {
    if (checks.length === 0) return null;
    await using worker = slot.fresh(mutant.switch);
    const warm = new Set<string>();
    for (const check of this.#patiently(checks)) {
      const usualMs = this.reach.msOf(check.id);
      if (check.place.kind === 'test' && warm.size === 0) {
        const answer = await worker.ask({ type: 'list', files: [check.place.file] }, 30_000);
        if (answer.type === 'unloadable') return { kind: 'unloadable' };
      }
      const withMutant = (ms: number): Promise<Outcome> =>
        runIn(worker, check, { mutant: mutant.switch, usualMs: ms }, warm);
      const outcome = await withMutant(usualMs);
      if (outcome.passed) continue;
      const control = await slot.run(check, { mutant: null, usualMs });
      if (control.passed) {
        if (await isCertain(outcome, control, usualMs, withMutant)) return this.#noticed(mutant, check);
        continue;
      }
      this.unsteady.add(check, control.message);
      await slot.renew({ services: true });
    }
    return null;
  }

  #noticed(mutant: SystemMutant, check: Check): Verdict {
    const { hash } = mutant.unit;
    this.#noticedIn.set(hash, (this.#noticedIn.get(hash) ?? new Set()).add(check.id));
    return { kind: 'noticed', by: check };
  }

  /** Who noticed a mutant of the same unit will notice its neighbours. */
  #promisingFirst(mutant: SystemMutant, checks: readonly Check[]): Check[] {
    const near = this.#noticedIn.get(mutant.unit.hash);
    return checks.toSorted((a, b) => Number(near?.has(b.id) ?? false) - Number(near?.has(a.id) ?? false));
  }

  *#patiently(checks: readonly Check[]): Generator<Check> {
    let [asked, spentMs] = [0, 0];
    for (const check of checks) {
      const ms = this.reach.msOf(check.id);
      if (ms > QUICK_MS && asked > 0 && spentMs + ms > PATIENCE_MS) continue;
      if (ms > QUICK_MS) spentMs += ms;
      asked += 1;
      yield check;
    }
  }
}
