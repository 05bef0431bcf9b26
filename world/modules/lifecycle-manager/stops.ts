import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { eventually } from '../../eventually';
import type { Problem } from '../../clients/http-client';
import type { Failure } from '../../operations/process-figures';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';

const COVERAGE = '/v1/usage/coverage?from=2026-08-01T00:00:00Z&to=2026-08-02T00:00:00Z';

/** What the last line of an instance's log says: how it ended. */
interface LastLine {
  readonly end: string;
  readonly status: number;
}

/** A request that is under way, and what it was answered. */
interface Pending {
  readonly answer: Promise<{ readonly status: number; readonly code: string | undefined }>;
}

/** How the scenario's own instance leaves, and what becomes of the work that it has. */
export class Stops {
  #pending: Pending | null = null;
  /** How long the instance took customers after it was told to stop, ms. */
  turnedAwayAfterMs = Infinity;

  constructor(private readonly world: Pick<RevenueWorld, 'operations' | 'own'>) {}

  /** A caller who connects and says nothing, and one who begins a request and says no more. */
  async holdUnusedConnections(): Promise<void> {
    const { hostname, port } = new URL(this.world.operations.serving().url);
    for (const said of ['', 'GET /v1/threads HTTP/1.1\r\nhost: x\r\n']) {
      const socket: Socket = connect({ host: hostname, port: Number(port) });
      // The instance ends them.
      socket.on('error', () => socket.destroy());
      this.world.own({ [Symbol.dispose]: () => void socket.destroy() });
      await once(socket, 'connect');
      if (said !== '') socket.write(said);
    }
  }

  /** Resolves when the instance has begun to work out how much usage there is. */
  async askForUsage(person: Person): Promise<void> {
    const { operations } = this.world;
    const http = await person.http(operations.serving().url);
    this.#pending = {
      answer: http.send<Problem>('get', COVERAGE).then(({ status, body }) => ({ status, code: body.code })),
    };
    await operations.hasRequests(1);
  }

  /** Tells the instance to stop, and measures by its own log how long it takes to begin; from then on it says that nobody should come. */
  async tellToStopAndLook(): Promise<void> {
    const { operations } = this.world;
    const told = Date.now();
    operations.tellToStop();
    await eventually(async () => {
      const line = this.#lineThatSays('stopping');
      if (line === undefined || (await operations.readiness()).ready) throw new Error('it still takes customers');
      this.turnedAwayAfterMs = Date.parse((JSON.parse(line) as { time: string }).time) - told;
    }, 2_000);
  }

  /** Interrupts it, and again as soon as it has begun to stop: two signals of one kind that come at once are one. */
  async interruptTwice(): Promise<void> {
    this.world.operations.tellToStop('SIGINT');
    await eventually(() => {
      if (this.#lineThatSays('stopping') === undefined) throw new Error('it has not begun to stop');
    }, 2_000);
    this.world.operations.tellToStop('SIGINT');
  }

  /** Makes it fail; from then on it is measured how long it takes to end. */
  fail(how: Failure): void {
    this.world.operations.endsFrom(performance.now());
    this.world.operations.serving().fail(how);
  }

  /** What the request that was under way was answered. */
  async answered(): Promise<{ status: number; code: string | undefined }> {
    if (this.#pending === null) throw new Error('nobody has asked for anything yet');
    return this.#pending.answer;
  }

  /** How the instance ended, as its last line of the log says it. */
  async lastLine(): Promise<LastLine> {
    const instance = this.world.operations.serving();
    await instance.ended();
    return JSON.parse(instance.log().trimEnd().split('\n').at(-1) ?? '') as LastLine;
  }

  /** What the instance has logged of its stop: what ended by itself, what was handed over, what was lost. */
  async drained(): Promise<{ finished: number; handedOver: number; lost: readonly unknown[] }> {
    const instance = this.world.operations.serving();
    await instance.ended();
    const line = this.#lineThatSays('stopped');
    if (line === undefined) throw new Error(`it has not stopped in order:\n${instance.log()}`);
    return (JSON.parse(line) as { drained: { finished: number; handedOver: number; lost: readonly unknown[] } })
      .drained;
  }

  #lineThatSays(message: string): string | undefined {
    const lines = this.world.operations.serving().log().split('\n');
    return lines.find((text) => text.includes(`"msg":"${message}"`));
  }
}
