import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { Progress } from '../progress';
import { inParallel } from './in-parallel';
import type { Reach } from './reach';
import type { Outcome, Slot } from './slot';
import type { Unsteady } from './try-mutant';

/** How long a check may take the first time, when nobody knows yet. */
const UNKNOWN_MS = 6_000;

/** Runs checks without any defect and notes what each of them reaches, and how long it takes. */
export async function measure(
  slots: readonly Slot[],
  checks: readonly Check[],
  mutants: readonly SystemMutant[],
  reach: Reach,
  unsteady: Unsteady,
  signal: AbortSignal,
): Promise<void> {
  if (checks.length === 0) return;
  const identityOf = new Map(mutants.map((mutant) => [mutant.switch, mutant.identity]));
  const identities = (some: readonly string[]): string[] => some.flatMap((mutant) => identityOf.get(mutant) ?? []);
  const byChildren = new Map<string, readonly string[]>();
  const progress = new Progress('measuring what each check runs', checks.length);
  await inParallel(slots, checks, signal, async (slot, check) => {
    // The first run may open what stays open; scenarios open and close everything but their code themselves.
    const needsTwo = check.kind === 'test' || !slot.isWarmFor(check.kind);
    const first = await runSoundly(slot, check);
    const second = first.passed && needsTwo ? await runSoundly(slot, check) : first;
    if (signal.aborted) return;
    progress.add(!second.passed);
    if (!second.passed) return unsteady.add(check, second.message);
    const hits = Object.entries(second.reached).flatMap(([mutant, count]) => {
      const identity = identityOf.get(mutant);
      return identity === undefined ? [] : [[identity, count] as const];
    });
    const reached = Object.fromEntries(hits);
    const once = identities(Object.keys(first.reached)).filter((identity) => !(identity in reached));
    byChildren.set(check.id, identities(second.reachedByChildren));
    reach.measured.set(check.id, { ms: second.ms, reached, once });
  });
  for (const slot of slots) {
    const answer = await slot.worker.ask({ type: 'loaded' }, 5_000);
    if (answer.type === 'loaded') for (const one of identities(answer.mutants)) reach.whileLoading.add(one);
  }
  // That a process loaded its modules says nothing about the check that started it.
  for (const [check, reached] of byChildren) {
    const measured = reach.measured.get(check);
    const more = reached.filter((mutant) => !reach.whileLoading.has(mutant)).map((mutant) => [mutant, 1] as const);
    if (measured)
      reach.measured.set(check, { ...measured, reached: { ...Object.fromEntries(more), ...measured.reached } });
  }
}

/** A failure without any defect may be the machine's: it is asked once more, in a new process. */
async function runSoundly(slot: Slot, check: Check): Promise<Outcome> {
  const what = { mutant: null, usualMs: UNKNOWN_MS, measure: true };
  const outcome = await slot.run(check, what);
  if (outcome.passed) return outcome;
  await slot.renew({ services: false });
  return await slot.run(check, what);
}
