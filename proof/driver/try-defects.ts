import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../checks/check';
import { applied, DoesNotApply, type AppliedDefect, type Defect } from '../defects/catalogue';
import { fingerprintOf, unitsTouched } from '../defects/fingerprint';
import type { Unit } from '../identity/units';
import type { SystemMutant } from '../instrument/instrument';
import { Progress } from '../progress';
import type { ProofRecord } from '../record/record';
import { isCertain } from './certainty';
import { inParallel } from './in-parallel';
import type { Reach } from './reach';
import { runIn, type Outcome, type Slot } from './slot';

/** Slower checks are asked until this much of their own time has been spent; those of a rule that is broken, all. */
const PATIENCE_MS = 90_000;
const QUICK_MS = 150;

export interface DefectParts {
  readonly root: string;
  readonly checks: readonly Check[];
  readonly mutants: readonly SystemMutant[];
  readonly record: ProofRecord;
  readonly reach: Reach;
  readonly signal: AbortSignal;
  readonly changed: () => void;
}

interface OpenDefect {
  readonly applied: AppliedDefect;
  readonly fingerprint: string;
  readonly units: readonly Unit[];
  /** Ids of checks that were asked in vain. */
  readonly passed: Set<string>;
}

/** Realistic defects of a module: which have no result yet, and what comes of them. */
export class DefectTrials {
  /** Defects that do not fit the code, one sentence each. */
  readonly problems: string[] = [];
  readonly open: readonly OpenDefect[];

  constructor(
    private readonly parts: DefectParts,
    catalogue: readonly Defect[],
  ) {
    const { record } = parts;
    const ids = new Set(catalogue.map(({ id }) => id));
    for (const id of record.defects.keys()) if (!ids.has(id)) record.defects.delete(id);
    this.open = catalogue.flatMap((defect) => {
      const found = this.#put(defect);
      if (found !== null && record.defects.get(defect.id)?.fingerprint === found.fingerprint) return [];
      record.defects.delete(defect.id);
      return found === null ? [] : [found];
    });
  }

  /** Of the code that the open ones stand in. */
  unitNames(): string[] {
    return this.open.flatMap(({ units }) => units.map(({ name }) => name));
  }

  /** How many have no result yet. */
  get left(): number {
    return this.open.filter(({ applied: { defect } }) => !this.parts.record.defects.has(defect.id)).length;
  }

  /** @param isLast whether all have been measured who might notice one, so that what none of them notices is unnoticed */
  async try(slots: readonly Slot[], isLast: boolean): Promise<void> {
    const { record, signal, changed } = this.parts;
    const left = this.open.filter(({ applied: { defect } }) => !record.defects.has(defect.id));
    if (left.length === 0) return;
    const progress = new Progress('realistic defects', left.length);
    await inParallel(slots, left, signal, async (slot, open) => {
      const by = await this.#whoNotices(slot, open, isLast);
      if (signal.aborted) return;
      const { id } = open.applied.defect;
      const noticedBy = by === null ? [] : [by.id];
      if (by !== null || isLast) record.defects.set(id, { id, fingerprint: open.fingerprint, noticedBy });
      progress.add(by === null);
      changed();
    });
  }

  #put(defect: Defect): OpenDefect | null {
    try {
      const put = applied(defect, this.#read);
      const units = unitsTouched(put, this.#read);
      return { applied: put, fingerprint: fingerprintOf(put, this.#read), units, passed: new Set() };
    } catch (error) {
      if (!(error instanceof DoesNotApply)) throw error;
      this.problems.push(error.message);
      return null;
    }
  }

  readonly #read = (file: string): string | undefined => {
    const path = join(this.parts.root, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };

  /** A failure counts only when the check passes right afterwards without the defect. */
  async #whoNotices(slot: Slot, open: OpenDefect, isLast: boolean): Promise<Check | null> {
    for (;;) {
      const found = await this.#firstThatFails(slot, open, isLast);
      if (found === null || this.parts.signal.aborted) return null;
      const { check, outcome } = found;
      const usualMs = this.parts.reach.msOf(check.id);
      const control = await slot.run(check, { mutant: null, usualMs });
      const again = (ms: number): Promise<Outcome> => this.#runWith(slot, open, check, ms);
      if (control.passed && (await isCertain(outcome, control, usualMs, again))) return check;
      if (!control.passed) await slot.renew({ services: true });
      open.passed.add(check.id);
    }
  }

  async #runWith(slot: Slot, { applied: { files } }: OpenDefect, check: Check, usualMs: number): Promise<Outcome> {
    using _files = slot.sandbox.replace(files);
    await using worker = slot.fresh(null);
    return await runIn(worker, check, { mutant: null, usualMs });
  }

  async #firstThatFails(
    slot: Slot,
    { applied: { defect, files }, units, passed }: OpenDefect,
    isLast: boolean,
  ): Promise<{ readonly check: Check; readonly outcome: Outcome } | null> {
    const nearest = this.#whoseRuleBreaks(defect);
    const others = this.#whoReaches(units, [...files.keys()], isLast);
    const unasked = [...new Set([...nearest, ...others])].filter(({ id }) => !passed.has(id));
    if (unasked.length === 0) return null;
    using _files = slot.sandbox.replace(files);
    await using worker = slot.fresh(null);
    const warm = new Set<string>();
    let spentMs = 0;
    for (const check of unasked) {
      const usualMs = this.parts.reach.msOf(check.id);
      const isNear = nearest.includes(check);
      if (usualMs > QUICK_MS && spentMs > PATIENCE_MS && !isNear) continue;
      if (this.parts.signal.aborted) return null;
      if (usualMs > QUICK_MS && !isNear) spentMs += usualMs;
      const outcome = await runIn(worker, check, { mutant: null, usualMs }, warm);
      if (!outcome.passed) return { check, outcome };
      passed.add(check.id);
    }
    return null;
  }

  /** What all run, as what puts the platform together, is nearest to those who are about what it breaks. */
  #whoseRuleBreaks({ breaks = [] }: Defect): Check[] {
    const { checks, reach } = this.parts;
    return this.#quickTestsFirst(
      checks.filter(({ id, title }) => reach.measured.has(id) && breaks.some((rule) => title.startsWith(`${rule} `))),
    );
  }

  /**
   * Those that run the code that was changed; where it has no mutant to tell by, those that run anything of its files; in the
   * end, all.
   */
  #whoReaches(units: readonly Unit[], files: readonly string[], isLast: boolean): Check[] {
    const { mutants, checks, reach } = this.parts;
    const hashes = new Set(units.map(({ hash }) => hash));
    const inUnits = mutants.filter(({ unit }) => hashes.has(unit.hash));
    const inFiles = mutants.filter(({ file }) => files.includes(file));
    const reaching = (some: readonly SystemMutant[]): Check[] =>
      checks.filter(({ id }) => {
        const known = reach.measured.get(id);
        return some.some(({ identity }) => known?.reached[identity] !== undefined || known?.once.includes(identity));
      });
    const measured = checks.filter(({ id }) => reach.measured.has(id));
    // What a module makes while it loads is used by everybody, and processes that scenarios start are not all who load it.
    const isShared = inUnits.some(({ identity }) => reach.whileLoading.has(identity));
    const byReach = [reaching(inUnits), reaching(inFiles)];
    const candidates = !isLast ? byReach : isShared ? [measured] : [...byReach, measured];
    const found = candidates.find((some) => some.length > 0) ?? [];
    return this.#quickTestsFirst(found);
  }

  #quickTestsFirst(checks: readonly Check[]): Check[] {
    const { reach } = this.parts;
    return checks.toSorted(
      (a, b) => Number(a.kind === 'scenario') - Number(b.kind === 'scenario') || reach.msOf(a.id) - reach.msOf(b.id),
    );
  }
}
