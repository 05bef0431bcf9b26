import {
  After,
  AfterAll,
  Before,
  parallelCanAssignHelpers,
  setDefaultTimeout,
  setParallelCanAssign,
  setWorldConstructor,
  Status,
} from '@cucumber/cucumber';
import { lostServices } from '../world/operations/lost-services';
import { closeWorker, RevenueWorld } from '../world/revenue-world';
import { haveOwnServices, useOwnServices } from '../world/own-services';
import { isProofUnderWay } from '../world/settings';

setWorldConstructor(RevenueWorld);
// With a defect in the code many steps wait in vain; a proof cannot be that patient about each of them.
setDefaultTimeout(isProofUnderWay() ? 10_000 : 30_000);
useOwnServices();
// Instances on one PostgreSQL share a queue of runs: one that is cut off on purpose would take over what another scenario's
// instance lost.
const oneAtATime = parallelCanAssignHelpers.atMostOnePicklePerTag(['@operations']);
setParallelCanAssign((next, underWay) => haveOwnServices(underWay.length + 1) || oneAtATime(next, underWay));

Before(function (this: RevenueWorld, { pickle }) {
  this.begin(pickle);
  if (!this.tags.includes('@unit')) blameLostServices('The scenario was not judged.');
});

After(async function (this: RevenueWorld, { result }) {
  await orBlame(() => this.end(), 'That is why its clean-up failed.');
  if (result?.status === Status.FAILED) blameLostServices('That is why the scenario failed.');
});

AfterAll(() => orBlame(closeWorker, 'That is why the clean-up failed.'));

async function orBlame(cleanUp: () => Promise<void>, consequence: string): Promise<void> {
  try {
    await cleanUp();
  } catch (error) {
    blameLostServices(consequence);
    throw error;
  }
}

/** A store that died is the reason, whatever the step says that met it first. */
function blameLostServices(consequence: string): void {
  const lost = lostServices();
  if (lost.length > 0) throw new Error(`${lost.join(' ')} ${consequence}`);
}
