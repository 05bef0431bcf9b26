import { resolve } from 'node:path';
import { Worker } from '../bench/connections/asking';
import { eventually } from '../world/eventually';
import { platformVariables } from '../world/settings';
import { none, some, type Finding, type Options, type Play } from './exercise';
import { under } from './distribution';
import { LiveDevice } from './people/live-device';
import { companies, newThread, type Person } from './people/people';
import { Seeded } from './seeded';
import { Stage } from './stage/stage';
import type { TellerAnswers } from './stage/teller-process';

export const about =
  'every device is shown what another instance stores, within 100 ms, once and in order, also while its own is replaced';
export const options = {
  devices: { says: 'open at once', default: 200 },
  together: {
    says: "of them on one thread; 25 are one person's sign-ins, and twice as many their connections",
    default: 25,
  },
  'per-second': { says: 'events a second in each thread', default: 2 },
  seconds: { says: 'undisturbed, before the instance is replaced', default: 20 },
} satisfies Options;

const COMPANIES = 2;
/** Published: what an instance has stored is shown by all others. */
const LIVE_MS = 100;
const PAUSE = { p95Ms: 250, mostMs: 2_000 };
const MEMORY_KEPT = 0.1;
/** From the order to stop to the last moment at which a device may still be on its way. */
const REPLACING_MS = 10_000;
const ARRIVES_MS = 10_000;

const play: Play = async ({ seed, number, say }) => {
  const random = new Seeded(seed);
  await using stage = await Stage.open(say, 2);
  const threads = Math.ceil(number('devices') / number('together'));
  const people = await companies(stage, COMPANIES, Math.ceil(threads / COMPANIES), say);
  await using teller = Worker.start<TellerAnswers>(resolve(__dirname, 'stage/teller-process.ts'), platformVariables());
  await teller.ask('start', null);
  const lateMs: number[] = [];
  const crowd = await open(people.slice(0, threads), number('devices'), stage, random, (ms) => lateMs.push(ms));
  using _crowd = { [Symbol.dispose]: () => crowd.forEach((device) => device.close()) };
  for (const { person, threadId } of crowd.rooms) {
    await teller.ask('begin', { tenantId: person.tenantId, userId: person.userId, threadId });
  }
  say(`${crowd.length} devices follow ${crowd.rooms.length} threads through 2 instances; a third one writes`);
  let told = 2;
  const arrived = (): Promise<void> =>
    eventually(() => {
      const behind = crowd.filter(({ last }) => last < told).length;
      if (behind > 0) throw new Error(`${behind} devices are behind`);
    }, ARRIVES_MS).catch(() => undefined); // Whoever is still behind is counted below.
  const perSecond = number('per-second');

  // What is compiled and cached comes first, and counts for nothing.
  told += await teller.ask('steadily', { perSecond, forMs: 3_000 });
  await arrived();
  lateMs.length = 0;
  const heldBefore = await held(stage);
  told += await teller.ask('steadily', { perSecond, forMs: number('seconds') * 1_000 });
  await arrived();
  const undisturbed = [...lateMs];
  const heldAfter = await held(stage);
  say(`${undisturbed.length.toLocaleString('en')} events shown while nothing happened`);

  for (const device of crowd) device.takeWorstMs();
  const { first } = stage;
  const steadily = teller.ask('steadily', { perSecond, forMs: REPLACING_MS });
  await stage.start();
  first.signal('SIGTERM');
  const status = await first.ended();
  told += await steadily;
  await arrived();
  const moved = crowd.filter(({ counts }) => counts.moves + counts.losses > 0);
  say(`the instance ended with ${status}; ${moved.length} devices have moved`);
  await teller.ask('stop', null);
  return [
    some(
      'events shown',
      crowd.reduce((sum, { counts }) => sum + counts.shown, 0),
    ),
    ...missedOf(crowd, told),
    ...under('stored elsewhere to shown', undisturbed, LIVE_MS),
    memory(heldBefore, heldAfter),
    ...under(
      'pauses of devices whose instance was replaced',
      moved.map((device) => device.takeWorstMs()),
      PAUSE.p95Ms,
      PAUSE.mostMs,
    ),
    { what: 'exit status of the replaced instance', counted: `${status}`, promised: '0', met: status === 0 },
  ];
};
export default play;

type Crowd = LiveDevice[] & { readonly rooms: readonly Room[] };
interface Room {
  readonly person: Person;
  readonly threadId: Awaited<ReturnType<typeof newThread>>;
}

async function open(
  people: readonly Person[],
  count: number,
  { door }: Stage,
  random: Seeded,
  onLate: (ms: number) => void,
): Promise<Crowd> {
  const rooms = await Promise.all(
    people.map(async (person) => ({ person, threadId: await newThread(person, door.url) })),
  );
  const devices = Array.from({ length: count }, (_, place) => {
    const { person, threadId } = rooms[place % rooms.length] as Room;
    const onShown = ({ at }: { at: string }, shownAt: number): void => onLate(shownAt - Date.parse(at));
    return new LiveDevice({ url: door.url, token: () => person.accessToken, threadId, random: random.fork(), onShown });
  });
  await Promise.all(devices.map(({ ready }) => ready));
  return Object.assign(devices, { rooms });
}

function missedOf(crowd: readonly LiveDevice[], told: number): Finding[] {
  const behind = crowd.filter(({ last }) => last !== told);
  return [
    none(
      'devices that were not shown everything',
      behind.map(({ last }) => `shown up to ${last} of ${told}`),
    ),
    none(
      'events missing, doubled or out of order',
      crowd.flatMap(({ disorder }) => disorder),
    ),
  ];
}

async function held({ instances }: Stage): Promise<number> {
  const figures = await Promise.all(instances.map((instance) => instance.figures()));
  return figures.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
}

function memory(before: number, after: number): Finding {
  const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return {
    what: `memory of both instances, ${mib(before)} before`,
    counted: mib(after),
    promised: 'at most 10 % more',
    met: after <= before * (1 + MEMORY_KEPT),
  };
}
