import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Check } from '../checks/check';
import type { SourceText } from '../identity/units';

/** What one check runs of the module, measured without any defect. */
export interface Measured {
  /** What it takes, milliseconds. */
  readonly ms: number;
  /** Hits by mutant (identity). */
  readonly reached: Readonly<Record<string, number>>;
  /** Mutants reached only when it was the first check of its process: what opens once and stays open. */
  readonly once: readonly string[];
}

/** Which check reaches which mutant. */
export class Reach {
  readonly measured = new Map<string, Measured>();
  /** Mutants that run while modules load. */
  readonly whileLoading = new Set<string>();

  /** Checks that reach a mutant whenever they run, the cheapest first. */
  checksReaching(mutant: string, checks: readonly Check[]): Check[] {
    return this.#cheapestFirst(checks.filter(({ id }) => this.measured.get(id)?.reached[mutant] !== undefined));
  }

  /** Checks that may reach a mutant in a process of their own: those that did once, those near its file, module tests. */
  checksLoading(mutant: string, neighbours: readonly string[], checks: readonly Check[]): Check[] {
    const once = checks.filter(({ id }) => this.measured.get(id)?.once.includes(mutant));
    if (!this.whileLoading.has(mutant)) return this.#cheapestFirst(once);
    const near = checks.filter(({ id }) => neighbours.some((one) => this.hits(id, one) > 0));
    const tests = checks.filter(({ id, kind }) => kind === 'test' && this.measured.has(id));
    return [...new Set([once, near, tests].flatMap((some) => this.#cheapestFirst(some)))];
  }

  hits(check: string, mutant: string): number {
    return this.measured.get(check)?.reached[mutant] ?? 0;
  }

  /** Milliseconds; what is not known is taken for quick. */
  msOf(check: string): number {
    return this.measured.get(check)?.ms ?? 0;
  }

  #cheapestFirst(checks: readonly Check[]): Check[] {
    return [...checks].sort((a, b) => this.msOf(a.id) - this.msOf(b.id) || (a.id < b.id ? -1 : 1));
  }
}

/** What is kept of one check, and of which code it was measured. */
interface Stored extends Measured {
  readonly code: string;
  /** Names of the units that it reached, which last longer than mutants do. */
  readonly units: readonly string[];
}

interface StoredReach {
  readonly v: 2;
  readonly code: string;
  readonly whileLoading: readonly string[];
  readonly checks: Readonly<Record<string, Stored>>;
}

/** What was measured on this machine: measuring takes minutes where there are many scenarios. */
export class ReachCache {
  readonly #path: string;
  readonly #code: string;

  constructor(module: string, sources: readonly SourceText[], root: string) {
    this.#path = join(root, 'node_modules/.cache/proof', `${module}-reach.json`);
    const hash = createHash('sha256');
    for (const { path, text } of sources) hash.update(path).update('\0').update(text).update('\0');
    this.#code = hash.digest('hex');
  }

  /** What was measured of exactly this code. */
  read(): Reach {
    const reach = new Reach();
    const stored = this.#stored();
    for (const [check, { code, ms, reached, once }] of Object.entries(stored?.checks ?? {})) {
      if (code === this.#code) reach.measured.set(check, { ms, reached, once });
    }
    if (stored?.code === this.#code) for (const mutant of stored.whileLoading) reach.whileLoading.add(mutant);
    return reach;
  }

  /**
   * Checks that probably reach these units, by what they reached of other versions of the code, and those of which nothing
   * is known. Without any such knowledge, all.
   */
  probable(checks: readonly Check[], units: ReadonlySet<string>): Check[] {
    const known = this.#stored()?.checks ?? {};
    return checks.filter(({ id }) => known[id]?.units.some((unit) => units.has(unit)) ?? true);
  }

  write({ whileLoading, measured }: Reach, unitOf: (mutant: string) => string | undefined): void {
    const checks: Record<string, Stored> = { ...this.#stored()?.checks };
    for (const [check, one] of measured) {
      const units = new Set([...Object.keys(one.reached), ...one.once].flatMap((mutant) => unitOf(mutant) ?? []));
      checks[check] = { ...one, code: this.#code, units: [...units] };
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    const stored: StoredReach = { v: 2, code: this.#code, whileLoading: [...whileLoading], checks };
    writeFileSync(this.#path, JSON.stringify(stored));
  }

  #stored(): StoredReach | null {
    try {
      const stored = JSON.parse(readFileSync(this.#path, 'utf8')) as StoredReach;
      return stored.v === 2 ? stored : null;
    } catch {
      return null; // Not there, or cut off while it was written: it is measured anew.
    }
  }
}
