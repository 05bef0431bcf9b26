import { resolve } from 'node:path';
import { Worker } from '../bench/connections/asking';
import { pause, systemClock } from '../ssot/kernel';
import { eventually } from '../world/eventually';
import { platformVariables } from '../world/settings';
import { under } from './distribution';
import { figure, none, some, type Options, type Play } from './exercise';
import { LiveDevice } from './people/live-device';
import { companies, newThread } from './people/people';
import { Seeded } from './seeded';
import { Stage } from './stage/stage';
import type { TellerAnswers } from './stage/teller-process';

export const about =
  'a device catches up with a very long thread: whole, in little memory, and nobody else waits for it';
export const options = {
  events: { says: 'in the thread', default: 50_000 },
} satisfies Options;

const LIVE_MS = 100;
const MIB = 2 ** 20;
/** What may wait for a device at the instance, and as much again for what else has changed there meanwhile. */
const HELD_BYTES = 2 * MIB;
/** Long enough for everything on the way to be full; less than a device that does not read may take. */
const NOT_READING_MS = 5_000;
const SOME_EVENTS = 500;
const NEIGHBOUR_PER_SECOND = 20;
const CAUGHT_UP_MS = 120_000;

const play: Play = async ({ seed, number, say }) => {
  const random = new Seeded(seed);
  await using stage = await Stage.open(say, 1);
  const { url } = stage.door;
  const [reader, neighbour] = await companies(stage, 2, 1, say);
  if (reader === undefined || neighbour === undefined) throw new Error('two people are needed');
  await using teller = Worker.start<TellerAnswers>(resolve(__dirname, 'stage/teller-process.ts'), platformVariables());
  await teller.ask('start', null);
  const [long, short] = [await newThread(reader, url), await newThread(neighbour, url)];
  for (const [{ tenantId, userId }, threadId] of [[reader, long] as const, [neighbour, short] as const]) {
    await teller.ask('begin', { tenantId, userId, threadId });
  }
  await teller.ask('fill', { events: number('events') });
  const head = number('events') + 2;
  say(`${head.toLocaleString('en')} events stand in the thread`);

  const lateMs: number[] = [];
  const onShown = ({ at }: { at: string }, shownAt: number): number => lateMs.push(shownAt - Date.parse(at));
  const beside = new LiveDevice({
    ...{ url, token: () => neighbour.accessToken, threadId: short, random: random.fork() },
    onShown: (event, shownAt) => void onShown(event, shownAt),
  });
  using _beside = { [Symbol.dispose]: () => beside.close() };
  await beside.ready;
  lateMs.length = 0;
  const before = (await stage.first.figures()).heldBytes;

  const began = performance.now();
  const device = new LiveDevice({
    ...{ url, token: () => reader.accessToken, threadId: long, random: random.fork(), onShown: () => undefined },
  });
  using _device = { [Symbol.dispose]: () => device.close() };
  const whole = device.ready;
  await eventually(() => {
    if (device.last < SOME_EVENTS) throw new Error('it has hardly begun');
  });
  device.stopReading();
  await pause(systemClock, NOT_READING_MS);
  const held = (await stage.first.figures()).heldBytes - before;
  const stoppedAt = device.last;
  device.readOn();
  say(`it stopped reading at ${stoppedAt} for ${NOT_READING_MS / 1_000} s, and reads on`);
  const isOver = new AbortController();
  const live = (async () => {
    while (!isOver.signal.aborted) {
      await teller.ask('steadily', { perSecond: NEIGHBOUR_PER_SECOND, forMs: 500, but: 1 });
    }
  })();
  await Promise.race([whole, pause(systemClock, CAUGHT_UP_MS)]);
  const tookMs = performance.now() - began - NOT_READING_MS;
  isOver.abort();
  await live;
  await teller.ask('stop', null);
  return [
    some('events caught up with', device.counts.shown),
    none('events that were not shown', device.last === head ? [] : [`shown up to ${device.last} of ${head}`]),
    none('missing, doubled or out of order', device.disorder),
    {
      what: 'memory more at the instance while the device does not read',
      counted: `${(held / MIB).toFixed(1)} MiB`,
      promised: `at most ${HELD_BYTES / MIB} MiB`,
      met: held <= HELD_BYTES && stoppedAt < head,
    },
    ...under("another company's live events meanwhile", lateMs, LIVE_MS),
    figure('caught up within, seconds', tookMs / 1_000),
  ];
};
export default play;
