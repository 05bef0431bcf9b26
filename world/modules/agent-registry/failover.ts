import { expect } from 'chai';
import { servicePrincipal, sql, type ThreadEvent } from '../../../ssot/kernel';
import type { Instance } from '../../operations/instance';
import type { Store } from '../../operations/operations';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { endingOf } from '../../clients/event-order';
import { toolCallsIn } from './results';

/** How often an instance looks for runs that lost theirs. */
const POLL_MS = 5_000;

/** What becomes of a run whose instance is killed, frozen or stopped, and of a run that is stopped elsewhere. */
export class Failover {
  /** How long the first device waited for the end, ms. */
  waitedMs = Infinity;

  constructor(private readonly world: RevenueWorld) {}

  /** Waits until the person's latest question is being read for, on a device of theirs. */
  async reading(person: Person): Promise<void> {
    await person.anyDevice().until('a tool at work', (seen) => seen.some(({ type }) => type === 'tool_executing'));
  }

  /** The scenario's own instance is killed, or frozen, while it reads; another is there when its lease has run out. */
  async lose(person: Person, how: 'killed' | 'frozen'): Promise<void> {
    await this.reading(person);
    const lost = this.world.operations.serving();
    if (how === 'killed') await this.#kill(lost);
    else lost.signal('SIGSTOP');
    await this.#goesOnAt(await this.openElsewhere(person), person);
  }

  /** The scenario's own instance is killed while it reads, then one that has gone on and reads the same, and another is there. */
  async loseTwice(person: Person): Promise<void> {
    const { operations } = this.world;
    await this.reading(person);
    await this.#kill(operations.serving());
    // Cut off from the same, once it serves.
    operations.restore('ClickHouse');
    await operations.serveBeside();
    operations.silence('ClickHouse');
    const second = operations.beside();
    const phone = await person.openDevice('phone', second.url);
    await phone.follow(person.thread());
    await this.#goesOnAt(second, person);
    await phone.until('the tool at work again', (seen) => {
      return seen.filter(({ type }) => type === 'tool_executing').length === 2;
    });
    await this.#kill(second);
    await this.#goesOnAt(await this.openElsewhere(person), person);
  }

  /** The frozen instance wakes up, and has had time to write when it has noticed that its run is another's. */
  async wakeUp(store: Store): Promise<void> {
    const woken = this.world.operations.serving();
    woken.signal('SIGCONT');
    this.world.operations.restore(store);
    woken.advanceClock(POLL_MS);
    await this.world.operations.isIdle();
  }

  /** The instance is told to stop while it reads; another is there, and who asked has moved to it, so that nothing else keeps the first. */
  async tellToStop(person: Person): Promise<void> {
    await this.reading(person);
    await this.openElsewhere(person);
    await person.anyDevice().lose();
    this.world.operations.tellToStop();
  }

  /** Stops the person's latest run from a tablet through another instance. */
  async stopElsewhere(person: Person): Promise<void> {
    await this.reading(person);
    await this.openElsewhere(person);
    const began = performance.now();
    person.device('tablet').say({ type: 'cancel_run', runId: person.latestRun });
    await this.#stopShown(person, began);
  }

  /** The same without Redis, over HTTP: the instance learns of it when it next renews its lease, within this time. */
  async stopWithout(store: Store, person: Person, ms: number): Promise<void> {
    await this.reading(person);
    this.world.operations.cut(store);
    const began = performance.now();
    await this.world.questions.stop(person);
    this.world.operations.serving().advanceClock(ms);
    await this.#stopShown(person, began);
  }

  async #stopShown(person: Person, began: number): Promise<void> {
    const device = person.anyDevice();
    await device.until('the end', () => endingOf(device.story(), person.latestRun) !== undefined);
    this.waitedMs = performance.now() - began;
  }

  /**
   * So much time passes on the instance's clock while it reads, second by second, and at most a few seconds more: the tool
   * is shown a moment before its time begins.
   */
  async letPass(person: Person, ms: number): Promise<void> {
    await this.reading(person);
    const device = person.anyDevice();
    for (let passed = 0; passed < ms + 3_000; passed += 1_000) {
      if (passed < ms) expect(endingOf(device.story(), person.latestRun)).to.equal(undefined);
      this.world.operations.serving().advanceClock(1_000);
      await device.pingPong();
    }
  }

  async openElsewhere(person: Person): Promise<Instance> {
    const another = await this.world.operations.startInstance();
    await (await person.openDevice('tablet', another.url)).follow(person.thread());
    return another;
  }

  async #kill(instance: Instance): Promise<void> {
    instance.signal('SIGKILL');
    await instance.ended();
  }

  /** Found at once by the one that looks now, and not by an instance of another scenario that is cut off from something. */
  async #goesOnAt(instance: Instance, person: Person): Promise<void> {
    await this.#letLeaseRunOut(person);
    instance.advanceClock(POLL_MS);
  }

  /** As if its 15 seconds had passed: leases follow the clock of PostgreSQL, which nobody moves. */
  async #letLeaseRunOut({ latestRun }: Person): Promise<void> {
    const database = await this.world.connections.database();
    await database.asService(servicePrincipal('specification'), (tx) =>
      tx.execute(sql`update runs set lease_until = clock_timestamp() - interval '1 second' where id = ${latestRun}`),
    );
  }
}

/** How a device shows that a run was interrupted: whether it is said, and what came of the tool that was at work. */
export function interruptionIn(events: readonly ThreadEvent[]): { said: number; coverage: readonly unknown[] } {
  const said = thoughtsIn(events).filter(
    (note) => note === 'Going on after an interruption, behind the last finished step.',
  ).length;
  const calls = toolCallsIn(events).filter(({ tool }) => tool === 'usage_coverage');
  return { said, coverage: calls.map(({ outcome }) => outcome) };
}

/** What the specialists thought, in order. */
export function thoughtsIn(events: readonly ThreadEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'agent_thinking' ? [event.data.note] : []));
}
