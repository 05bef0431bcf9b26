import { isReading, takeOverElsewhere } from '../agents-lost-process';
import { eventually } from '../eventually';
import type { Person } from '../person';
import type { RevenueWorld } from '../revenue-world';

/** The scenario's own instance stands still while it reads, and another one, which finds the lease run out, answers on a tablet. */
export async function freezeWhileReading(world: RevenueWorld, person: Person): Promise<void> {
  await isReading(person);
  world.operations.serving().signal('SIGSTOP');
  await takeOverElsewhere(world, person);
  await person.answerOn('tablet');
}

/** It goes on where it stood, and the store that it was asking answers. */
export function goOn(world: RevenueWorld): void {
  world.operations.serving().signal('SIGCONT');
  world.operations.restore();
}

/** Waits until operators read that it has dropped a run. */
export async function givesUp(world: RevenueWorld): Promise<void> {
  const operator = await world.operator(world.operations.serving().operationsUrl);
  await eventually(async () => {
    const { body } = await operator.send<string>('get', '/metrics');
    if (!/^agent_runs_concluded_total\{conclusion="dropped"\} [1-9]/m.test(body))
      throw new Error('nothing was dropped');
  });
}
