import { matchesGlob } from 'node:path';
import type { Check } from './checks/check';
import { moduleTests } from './checks/module-tests';
import { scenariosOf } from './checks/scenarios';
import { NotTried, type Wishes } from './command-line';
import { readCatalogue } from './defects/catalogue';
import { servicesFor, startOwnServices } from './driver/own-services';
import { giveTurnsToLosers, Proof } from './driver/proof';
import { ReachCache } from './driver/reach';
import { Slot, type OwnServices } from './driver/slot';
import { StopEarly, type StopReason } from './driver/stop-early';
import { DefectTrials } from './driver/try-defects';
import type { Unsteady } from './driver/try-mutant';
import { WorkerProcess } from './driver/worker-process';
import { instrument, MUTATORS, type InstrumentedModule, type SystemMutant } from './instrument/instrument';
import { sourcesOfModule, testFilesOf } from './instrument/modules';
import { Sandbox } from './instrument/sandbox';
import { OwnedRun } from '../support/services/processes/owned-run';
import { carryOver } from './record/carry-over';
import { firstDrawn } from './record/drawn';
import { readRecord, readRecords } from './record/record-file';
import { RecordKeeper } from './record/record-keeper';
import { catchesOf, hasCaught, noticedByTitle, type ProofRecord } from './record/record';
import { tryValues } from './specification/try-values';

export interface ProvenModule {
  readonly record: ProofRecord;
  readonly instrumented: InstrumentedModule;
  /** Checks that failed without any defect, with the reason. */
  readonly unsteady: ReadonlyMap<string, string>;
  /** Realistic defects that do not fit the code, one sentence each. */
  readonly problems: readonly string[];
  readonly stopped: StopReason | null;
}

/**
 * Tries what has not been tried of a module, or has changed since, and records it as it becomes known.
 *
 * @throws NotTried when there is nothing that could notice a defect
 */
export async function proveModule(wishes: Wishes, root = process.cwd()): Promise<ProvenModule> {
  const { module } = wishes;
  const sources = sourcesOfModule(module, root);
  const instrumented = await instrument(sources);
  await using scope = new AsyncDisposableStack();
  const run = await OwnedRun.open((line) => void process.stderr.write(`${line}\n`));
  scope.defer(() => run.close());
  const sandbox = scope.use(Sandbox.create(root, instrumented.files, run));
  const checks = await checksOf(module, sandbox, root);
  if (checks.length === 0) {
    throw new NotTried(
      `${module} has no module test, and no scenario carries @${module}: nothing can notice a defect in it.`,
    );
  }
  const earlier = wishes.force && !wishes.onlyDefects ? null : readRecord(module, root);
  if (wishes.force) earlier?.defects.clear();
  const now = { module, mutators: MUTATORS };
  const { record, newChecks } = carryOver(earlier, now, instrumented.mutants, checks);
  giveTurnsToLosers(earlier, record);
  const cache = new ReachCache(module, sources, root);
  const unitOf = new Map(instrumented.mutants.map(({ identity, unit }) => [identity, unit.name]));
  const reach = cache.read();
  const unsteady = new Map<string, string>();
  const stopping = scope.use(new StopEarly(wishes.minutes));
  const { signal } = stopping;
  const keeper = new RecordKeeper(record, root, (id) => !newChecks.has(id) || reach.measured.has(id));
  const changed = (): void => keeper.changed();
  const { mutants } = instrumented;
  const isWanted = wantedOf(wishes, mutants, record);
  const shownElsewhere = shownBy(readRecords(root).filter((other) => other.module !== module));
  const failing: Unsteady = { add: ({ title }, message) => unsteady.set(title, message) };
  const noticedBefore = earlier === null ? new Map<string, string[]>() : noticedByTitle(earlier);
  const proof = new Proof({
    ...{ mutants, checks, record, newChecks, reach, shownElsewhere, noticedBefore, signal, isWanted, changed },
    unsteady: failing,
  });
  const defects = new DefectTrials(
    { root, checks, mutants, record, reach, signal, changed },
    readCatalogue(module, root),
  );
  signal.addEventListener('abort', () => {
    proof.reopenSurvivors();
    keeper.save();
  });

  const startSlots = slotsOf(wishes.workers, sandbox, checks, scope);
  const wantsMutants = !wishes.onlyDefects && !wishes.onlyScenarios && !proof.isUpToDate;
  const wantsDefects = !wishes.onlyScenarios && defects.open.length > 0;
  const scenarios = checks.filter(({ kind }) => kind === 'scenario');
  const wantsTurns = wishes.onlyScenarios && proof.silentScenarios(true).length > 0;
  if (wantsMutants || wantsDefects || wantsTurns) {
    const slots = await startSlots();
    const measure = async (some: readonly Check[]): Promise<void> => {
      await proof.measure(slots, some);
      proof.reopenSurvivors();
      cache.write(reach, (mutant) => unitOf.get(mutant));
    };
    // After a small change the checks that ran the changed code before are asked alone; the rest, about what they leave.
    const changedUnits = new Set([...proof.untried().map(({ unit }) => unit.name), ...defects.unitNames()]);
    const first = new Set([...cache.probable(checks, changedUnits), ...proof.newAndIdle()]);
    if (wantsDefects && wishes.onlyDefects) {
      // Module tests notice most; only about what they leave must be known what scenarios run, which takes long to see.
      await measure([...first].filter(({ kind }) => kind === 'test'));
      await defects.try(slots, false);
    }
    if (!wishes.onlyDefects || defects.left > 0) await measure(wishes.onlyScenarios ? scenarios : [...first]);
    if (!wishes.onlyDefects) await proof.giveTurns(slots, proof.silentScenarios(wishes.onlyScenarios));
    if (wantsMutants) {
      await proof.tryMutants(slots, first.size === checks.length);
      if (proof.untried().length > 0 && !signal.aborted) {
        await measure(checks);
        await proof.tryMutants(slots, true);
      }
      if (wishes.sample === undefined) await proof.giveTurns(slots, proof.idleTests());
    }
    if (wantsDefects) await defects.try(slots, true);
  }
  const withoutValues = scenarios.filter(({ id }) => !record.checks.get(id)?.values);
  if (!wishes.onlyDefects && !wishes.onlyScenarios && withoutValues.length > 0 && !signal.aborted) {
    const [slot] = await startSlots();
    if (slot)
      await tryValues(withoutValues, record, { run, services: slot.services.env, workers: wishes.workers, signal });
  }
  keeper.save();
  return { record, instrumented, unsteady, problems: defects.problems, stopped: stopping.reason };
}

function wantedOf(
  { files, sample }: Wishes,
  mutants: readonly SystemMutant[],
  { units }: ProofRecord,
): (mutant: SystemMutant) => boolean {
  const isFair = ({ unit, rank }: SystemMutant): boolean => !units.get(unit.hash)?.ignored.has(rank);
  const drawn = firstDrawn(
    mutants.filter(isFair).map(({ identity }) => identity),
    sample ?? mutants.length,
  );
  return ({ identity, file }) => drawn.has(identity) && (files === undefined || matchesGlob(file, files));
}

/** Ids of the checks that have noticed something. */
function shownBy(records: readonly ProofRecord[]): ReadonlySet<string> {
  const catches = records.flatMap((record) => [...catchesOf(record)]);
  return new Set(catches.flatMap(([id, caught]) => (hasCaught(caught) ? [id] : [])));
}

async function checksOf(module: string, sandbox: Sandbox, root: string): Promise<Check[]> {
  const files = testFilesOf(module, root);
  const scenarios = scenariosOf(module, root);
  if (files.length === 0) return scenarios;
  await using worker = new WorkerProcess(sandbox, {});
  const answer = await worker.ask({ type: 'list', files }, 120_000);
  if (answer.type !== 'listed') {
    const why = 'message' in answer ? answer.message : 'no answer';
    throw new NotTried(`The module tests of ${module} cannot be loaded: ${why}`);
  }
  return [...moduleTests(answer.tests, (file) => sandbox.compiled(file)), ...scenarios];
}

/** Started when first needed: a proof that is up to date needs none. */
function slotsOf(
  workers: number,
  sandbox: Sandbox,
  checks: readonly Check[],
  scope: AsyncDisposableStack,
): () => Promise<readonly Slot[]> {
  const needs = servicesFor(checks);
  let started: Promise<readonly Slot[]> | null = null;
  const start = async (): Promise<readonly Slot[]> => {
    process.stderr.write(
      `starting ${workers} ${workers === 1 ? 'worker' : 'workers'}${needs.size > 0 ? ` with services (${[...needs].join(', ')})` : ''}\n`,
    );
    const services: readonly OwnServices[] = await Promise.all(
      Array.from({ length: workers }, () => startOwnServices(needs)),
    );
    return services.map((own, index) => {
      const files = index === 0 ? sandbox : scope.use(sandbox.copy());
      return scope.use(new Slot(files, own));
    });
  };
  return () => (started ??= start());
}
