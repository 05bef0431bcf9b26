import { servicePrincipal, sql, type RunId } from '../ssot/kernel';
import type { Instance } from './instance';
import type { Person } from './person';
import type { RevenueWorld } from './revenue-world';
import { endingOf } from './story';

/** How often an instance looks for runs that lost theirs. */
const SEARCH_MS = 5_000;

/** Waits until the person's latest question is being read for on a device of theirs. */
export async function isReading(person: Person): Promise<void> {
  await person
    .anyDevice()
    .until('a tool at work', (received) => received.some(({ type }) => type === 'tool_executing'));
}

/** The scenario's own instance is killed while it reads; another one is there, and finds that its lease has run out. */
export async function killWhileReading(world: RevenueWorld, person: Person): Promise<void> {
  await isReading(person);
  const doomed = world.operations.serving();
  doomed.signal('SIGKILL');
  await doomed.ended();
  await takeOverElsewhere(world, person);
}

/** Another instance, through which a tablet follows, goes on with a run whose own has fallen silent. */
export async function takeOverElsewhere(world: RevenueWorld, person: Person): Promise<void> {
  const another = await openElsewhere(world, person);
  // Found at once by the one that looks now, and not by an instance of another scenario that is cut off from something.
  await letLeaseLapse(world, person.latestRun);
  another.advanceClock(SEARCH_MS);
}

/** Stops the person's latest run from a tablet, through another instance; says how long the first device waited, ms. */
export async function stopElsewhere(world: RevenueWorld, person: Person): Promise<number> {
  await isReading(person);
  await openElsewhere(world, person);
  const began = performance.now();
  person.device('tablet').say({ type: 'cancel_run', runId: person.latestRun });
  await person.anyDevice().until('the end', () => endingOf(person.anyDevice().story(), person.latestRun) !== undefined);
  return performance.now() - began;
}

async function openElsewhere(world: RevenueWorld, person: Person): Promise<Instance> {
  const another = await world.operations.startInstance();
  await (await person.openDevice('tablet', another.url)).follow(person.thread());
  return another;
}

/** As if the 15 seconds had passed; leases follow the clock of PostgreSQL, which nobody moves. */
async function letLeaseLapse(world: RevenueWorld, runId: RunId | null): Promise<void> {
  const database = await world.connections.database();
  await database.asService(servicePrincipal('specification'), (tx) =>
    tx.execute(sql`update runs set lease_until = clock_timestamp() - interval '1 second' where id = ${runId}`),
  );
}
