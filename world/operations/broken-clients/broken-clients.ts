import { eventually } from '../../eventually';
import type { Instance } from '../instance';
import { OddConnections } from './odd-connections';
import { sendCrowd } from './odd-crowd';
import type { ProcessFigures } from '../process-figures';
import type { RevenueWorld } from '../../revenue-world';

/** The same clients in every run; other seeds: npm run bench -- odd-connections --seed <number>. */
const SEED = 7;
const AT_ONCE = 50;
/** Sent before anything is measured: what is compiled and cached comes with them. */
const WARMING = 200;
const MOST_NAMED = 20;
const PATIENCE = { answerMs: 200, holdMs: 200 };

/** Clients that send what nobody understands, stop half-way, never read, or tear their connection off. */
export class BrokenClients {
  #before: ProcessFigures | null = null;

  constructor(private readonly world: RevenueWorld) {}

  /** So many come to the scenario's own instance and go again, while `meanwhile` happens there. */
  async comeAndGo(count: number, meanwhile: () => Promise<unknown>): Promise<void> {
    const instance = this.world.operations.serving();
    const { accessToken } = await this.world.cast.person('Leo').signIn();
    const crowd = new OddConnections(SEED, { token: accessToken });
    await this.#send(crowd, instance, 1, WARMING);
    this.#before = await instance.figures();
    const happening = meanwhile();
    await Promise.all([this.#send(crowd, instance, WARMING + 1, count), happening]);
  }

  /** What the instance has kept of them: connections, and bytes of heap and buffers. */
  async left(): Promise<{ connections: number; bytes: number }> {
    const before = this.#before;
    if (before === null) throw new Error('no broken clients have come yet');
    const instance = this.world.operations.serving();
    const after = await eventually(async () => {
      const now = await instance.figures();
      if (now.openConnections <= before.openConnections) return now;
      throw new Error(`${now.openConnections} connections are open, ${before.openConnections} were before`);
    });
    return { connections: after.openConnections - before.openConnections, bytes: after.heldBytes - before.heldBytes };
  }

  async #send(crowd: OddConnections, instance: Instance, from: number, count: number): Promise<void> {
    const { sent, notConnected, suspects } = await sendCrowd(crowd, instance, {
      ...PATIENCE,
      atOnce: AT_ONCE,
      from,
      count,
    });
    this.world.evidence.note('socket', 'broken clients', `${sent} came, from place ${from} of seed ${SEED}`);
    if (suspects.length > 0) {
      const who = suspects
        .slice(-MOST_NAMED)
        .map(({ place, kind }) => `${place} (${kind})`)
        .join(', ');
      throw new Error(
        `the instance fell: ${instance.uncaught?.split('\n', 3).join(' ') ?? 'its process ended'}\nAt work were ${who}. ` +
          `Try each alone: npm run bench -- odd-connections --seed ${SEED} --only <place>`,
      );
    }
    if (notConnected.length > 0)
      throw new Error(`nobody listened when ${notConnected.join(', ')} of seed ${SEED} came`);
  }
}
