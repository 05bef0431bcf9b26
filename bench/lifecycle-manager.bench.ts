import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import avvio from 'avvio';
import { fastify } from 'fastify';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { createLifecycle, type Lifecycle, type Part } from '../ssot/lifecycle-manager';
import type { Benchmark, Row } from './figures/row';
import type { Contestant } from './stops/contestants';

export const about =
  'an idle stop, the start of 20 parts and the answers about readiness, against terminus, close-with-grace and avvio';

const ROUNDS = process.env['BENCH_QUICK'] === '1' ? 3 : 15;
const LAYERS = 4;
const PARTS = 20;
const PART_MS = 25;
const ANSWERS = process.env['BENCH_QUICK'] === '1' ? 2_000 : 20_000;

const benchmark: Benchmark = async (say) => [...(await stops(say)), ...(await starts(say)), await answers(say)];
export default benchmark;

/** From SIGTERM to the end of the process, ms; three stores of which each takes a moment to say goodbye. */
async function stops(say: (progress: string) => void): Promise<readonly Row[]> {
  const stores = createServer({ allowHalfOpen: true }, (socket) => {
    socket.resume().on('end', () => setTimeout(() => socket.end(), 5));
  }).listen(0, '127.0.0.1');
  await once(stores, 'listening');
  const { port } = stores.address() as AddressInfo;
  const names: readonly Contestant[] = ['byHand', 'ours', 'closeWithGrace', 'terminus'];
  const took = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 1; round <= ROUNDS; round++) {
    say(`stops: round ${round} of ${ROUNDS}`);
    for (const name of names) took.get(name)?.push(await stopOf(name, port));
  }
  stores.close();
  const ms = (name: Contestant): number => best(took.get(name) ?? []);
  const [ours, floor] = [ms('ours'), ms('byHand')];
  const row = (peer: string, value: number): Row => ({
    name: 'an idle stop',
    ours,
    unit: 'ms',
    peer: { name: peer, value },
    floor: { name: 'closing by hand', value: floor },
    target: 'at most 1.2 x the floor, no slower than the peer',
    // Two processes that do the same differ by a millisecond.
    met: ours <= 1.2 * floor + 1 && ours <= value + 1,
  });
  return [row('close-with-grace', ms('closeWithGrace')), row('terminus', ms('terminus'))];
}

async function stopOf(contestant: Contestant, port: number): Promise<number> {
  const child = fork(resolve(__dirname, 'stops/child.ts'), [contestant, String(port)], {
    execArgv: ['--require', './support/typescript/register.js'],
  });
  await once(child, 'message');
  const began = performance.now();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [status] = (await ended) as [number | null];
  if (status !== 0) throw new Error(`${contestant} ended with ${status}`);
  return performance.now() - began;
}

/** 20 parts in 4 layers, each of which needs one of the layer before and takes 25 ms. */
async function starts(say: (progress: string) => void): Promise<readonly Row[]> {
  const took = { ours: [] as number[], avvio: [] as number[], path: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    say(`starts: round ${round} of ${ROUNDS}`);
    took.path.push(await timed(async () => { for (let layer = 0; layer < LAYERS; layer++) await wait(PART_MS); })); // oxfmt-ignore
    const lifecycle = lifecycleOf(Array.from({ length: PARTS }, (_, number) => partOf(number)));
    took.ours.push(await timed(() => lifecycle.start()));
    await lifecycle.stop({ by: 'operator', detail: 'measured' });
    took.avvio.push(await timed(startWithAvvio));
  }
  const [ours, peer, path] = [best(took.ours), best(took.avvio), best(took.path)];
  return [
    {
      name: 'a start of 20 parts',
      ours,
      unit: 'ms',
      peer: { name: 'avvio', value: peer },
      floor: { name: 'the longest path', value: path },
      target: 'at most 1.1 x the longest path, at least 2 x faster than avvio',
      met: ours <= 1.1 * path && 2 * ours <= peer,
    },
  ];
}

function partOf(number: number): Part {
  const layer = number % LAYERS;
  const needs = layer === 0 ? [] : [`part ${number - 1}`];
  return { name: `part ${number}`, needs, start: () => wait(PART_MS) };
}

async function startWithAvvio(): Promise<void> {
  const app = avvio({});
  for (let number = 0; number < PARTS; number++) app.use(async () => wait(PART_MS));
  await app.ready();
}

/** Processor time of an answer, with one request at a time and without a network: what readiness adds to a constant. */
async function answers(say: (progress: string) => void): Promise<Row> {
  const checks = Array.from({ length: PARTS }, (_, number): Part => ({
    name: `part ${number}`,
    check: () => Promise.resolve({ ok: true }),
  }));
  const lifecycle = lifecycleOf(checks);
  await lifecycle.start();
  const app = fastify({ logger: false });
  const constant = { ok: true, phase: 'running', degraded: false, since: new Date() };
  app.get('/constant', () => constant);
  app.get('/ready', () => lifecycle.ready());
  const took = { constant: [] as number[], ready: [] as number[] };
  for (let round = 0; round <= 5; round++) {
    say(`answers: round ${round} of 5, ${ANSWERS.toLocaleString('en')} each`);
    for (const name of ['constant', 'ready'] as const) {
      const began = process.cpuUsage();
      for (let asked = 0; asked < ANSWERS; asked++) await app.inject(`/${name}`);
      const { user, system } = process.cpuUsage(began);
      if (round > 0) took[name].push(ANSWERS / ((user + system) / 1e6));
    }
  }
  await lifecycle.stop({ by: 'operator', detail: 'measured' });
  const [ours, floor] = [Math.max(...took.ready), Math.max(...took.constant)];
  return {
    name: 'answers about readiness a second',
    ours,
    unit: '/s',
    floor: { name: 'a constant route', value: floor },
    target: 'at least 0.95 x the constant route',
    met: ours >= 0.95 * floor,
  };
}

function lifecycleOf(parts: readonly Part[]): Lifecycle {
  const machine = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics };
  return createLifecycle({ parts, settings: { announceMs: 0 }, ...machine });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The shortest of all rounds: what others do on the machine only ever makes one longer. */
function best(values: readonly number[]): number {
  return Math.min(...values);
}
