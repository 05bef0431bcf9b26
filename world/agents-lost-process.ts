import { servicePrincipal, sql, type RunId } from '../ssot/kernel';
import type { Person } from './person';
import type { RevenueWorld } from './revenue-world';
import { endingOf } from './story';

/** Waits until the person's latest question is being read for on a device of theirs. */
export async function isReading(person: Person): Promise<void> {
  await person
    .anyDevice()
    .until('a tool at work', (received) => received.some(({ type }) => type === 'tool_executing'));
}

/** The scenario's own instance is killed while it reads; its lease has run out, and another instance has started. */
export async function killWhileReading(world: RevenueWorld, person: Person): Promise<void> {
  await isReading(person);
  const doomed = world.operations.serving();
  doomed.signal('SIGKILL');
  await doomed.ended();
  await letLeaseLapse(world, person.latestRun);
  await openElsewhere(world, person);
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

async function openElsewhere(world: RevenueWorld, person: Person): Promise<void> {
  const another = await world.operations.startInstance();
  await (await person.openDevice('tablet', another.url)).follow(person.thread());
}

/** As if the 15 seconds had passed; leases follow the clock of PostgreSQL, which nobody moves. */
async function letLeaseLapse(world: RevenueWorld, runId: RunId | null): Promise<void> {
  const database = await world.connections.database();
  await database.asService(servicePrincipal('specification'), (tx) =>
    tx.execute(sql`update runs set lease_until = clock_timestamp() - interval '1 second' where id = ${runId}`),
  );
}
