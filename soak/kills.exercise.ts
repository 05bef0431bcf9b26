import { pause, systemClock } from '../ssot/kernel';
import { TITLE } from '../support/services/contract';
import { KINDS, Ledger, differences, type Readable } from './kills/ledger';
import { AtWork, ITEMS } from './kills/at-work';
import { Calls } from './kills/calls';
import { coveragePath, Killer, WHOLE_WITHIN_MS } from './kills/killer';
import { loseOneQuestion } from './kills/losing-one';
import { Outages } from './kills/outages';
import { ReadingBack } from './kills/reading-back';
import { judge, type Sample } from './kills/requests';
import { WorkingState } from './kills/working-state';
import { none, figure, some, type Finding, type Options, type Play } from './exercise';
import { ms } from './distribution';
import { LiveDevice } from './people/live-device';
import { caller, companies, type Person } from './people/people';
import { Seeded } from './seeded';
import { Stage } from './stage/stage';

export const about =
  'PostgreSQL, Redis, ClickHouse and instances are killed by lot while people work: what was acknowledged is what can be read';
export const options = {
  people: { says: 'at work at once', default: 50 },
  minutes: { says: 'of killing', default: 5 },
  seconds: { says: 'of killing, instead of minutes', default: 0 },
  instances: { says: 'of the platform', default: 3 },
  'every-ms': { says: 'between two kills, on average', default: 6_000 },
  'think-ms': { says: 'between two acts of a person, on average', default: 1_500 },
  'lose-one': { says: 'take one acknowledged question away afterwards: the exercise must notice', default: false },
} satisfies Options;

const IN_A_COMPANY = 5;
/** How long everybody may go on asking for the outcome of what they began. */
const LAST_OUTCOME_MS = 60_000;
/** The longest advice to a device that comes back, and the time it takes. */
const DEVICES_BACK_MS = 40_000;

const play: Play = async ({ seed, number, isOn, say }) => {
  const random = new Seeded(seed);
  await using stage = await Stage.open(say, number('instances'));
  const { url } = stage.door;
  const people = await companies(stage, Math.ceil(number('people') / IN_A_COMPANY), IN_A_COMPANY, say);
  await using state = await WorkingState.open();
  const [ledger, outages, samples] = [new Ledger(), new Outages(), [] as Sample[]];
  const [stop, giveUp] = [new AbortController(), new AbortController()];
  const forMs = number('seconds') > 0 ? number('seconds') * 1_000 : number('minutes') * 60_000;
  const thinkMs = number('think-ms');
  const crew = people.slice(0, number('people')).map((person) => {
    const calls = new Calls(person, url, samples, giveUp.signal);
    return new AtWork(person, { calls, ledger, state, thinkMs, random: random.fork(), giveUp: giveUp.signal });
  });
  await Promise.all(crew.map((one) => one.begin()));
  const working = Promise.all(crew.map((one) => one.work(stop.signal)));
  const devices = await openDevices(crew, url, random);
  using _devices = { [Symbol.dispose]: () => devices.forEach((device) => device.close()) };

  const killer = new Killer({
    ...{ stage, outages, random: random.fork(), say, everyMs: number('every-ms') },
    probe: people[0] as Person,
  });
  await Promise.race([killer.reign(forMs), working]);
  say('nobody is killed any more; everybody ends what they began');
  stop.abort();
  const patience = setTimeout(() => giveUp.abort(), LAST_OUTCOME_MS);
  await working;
  clearTimeout(patience);
  if (isOn('lose-one')) say(`took away what was acknowledged: ${await loseOneQuestion(ledger, people)}`);
  const reading = new ReadingBack(people, url, state, ITEMS, say);
  const read = await reading.everything();
  await caughtUp(devices, reading);
  return [
    ...killed(killer, outages),
    ...judge(samples, outages),
    figure('requests that the front door repeated, because their instance was killed', stage.door.counts.repeated),
    ...compared(ledger, read),
    none('calls that a company reads otherwise than recorded', await miscounted(people, read, url)),
    ...shown(devices, reading),
  ];
};
export default play;

async function openDevices(crew: readonly AtWork[], url: string, random: Seeded): Promise<readonly LiveDevice[]> {
  const devices = crew.flatMap(({ person, threads: [threadId] }) => {
    if (threadId === undefined) return [];
    const token = (): string => person.accessToken;
    return [new LiveDevice({ url, token, threadId, random: random.fork(), onShown: () => undefined })];
  });
  await Promise.all(devices.map(({ ready }) => ready));
  return devices;
}

/** Everything is stored by now; a device that lost its connection may still be waiting for its turn to come back. */
async function caughtUp(devices: readonly LiveDevice[], { heads }: ReadingBack): Promise<void> {
  const end = performance.now() + DEVICES_BACK_MS;
  while (devices.some(({ threadId, last }) => last < (heads.get(threadId) ?? 0)) && performance.now() < end) {
    await pause(systemClock, 100);
  }
}

function shown(devices: readonly LiveDevice[], { heads }: ReadingBack): Finding[] {
  const behind = devices.filter(({ threadId, last }) => last !== heads.get(threadId));
  const sum = (of: (device: LiveDevice) => number): number => devices.reduce((total, each) => total + of(each), 0);
  return [
    figure(
      'events shown on devices',
      sum(({ counts }) => counts.shown),
    ),
    figure(
      'connections of devices that were lost',
      sum(({ counts }) => counts.losses),
    ),
    none(
      'devices that show another end of their thread than is stored',
      behind.map(({ threadId, last }) => `${threadId}: shown up to ${last} of ${heads.get(threadId)}`),
    ),
    none(
      'events missing, doubled or out of order on a device',
      devices.flatMap(({ disorder }) => disorder),
    ),
  ];
}

function killed({ killed: times, wholeAfterMs }: Killer, outages: Outages): Finding[] {
  const now = performance.now();
  const most = wholeAfterMs.reduce((a, b) => Math.max(a, b), 0);
  return [
    some(
      'processes killed',
      Object.values(times).reduce((sum, each) => sum + each, 0),
    ),
    figure('killed: instances', times.instance),
    ...(['postgres', 'redis', 'clickhouse'] as const).map((store) =>
      figure(`killed: ${TITLE[store]}`, `${times[store]} times, away for ${outages.totalOf(store, now).toFixed(1)} s`),
    ),
    {
      what: "from a store's return until every instance served with it, the longest",
      counted: ms(most),
      promised: `within ${ms(WHOLE_WITHIN_MS)}`,
      met: most <= WHOLE_WITHIN_MS,
    },
  ];
}

function compared(ledger: Ledger, read: Readable): Finding[] {
  return [
    ...KINDS.flatMap((kind) => {
      const told = ledger.kept[kind];
      return [
        some(`${kind} acknowledged`, told.size),
        none(`${kind} that read otherwise than acknowledged`, differences(kind, told, read[kind])),
      ];
    }),
    none('writes whose outcome nobody could say in the end', ledger.unknown),
  ];
}

/** What the platform counts for each company, against the uses in its history. */
async function miscounted(people: readonly Person[], read: Readable, url: string): Promise<readonly string[]> {
  const firsts = new Map(people.map((person) => [person.tenantId, person]));
  const wrong: string[] = [];
  for (const [tenantId, person] of firsts) {
    const { calls } = await caller(person, url).require<{ calls: number }>('get', coveragePath(new Date()));
    const recorded = [...read['uses of models'].keys()].filter((key) => key.startsWith(`${tenantId} `)).length;
    if (calls !== recorded) wrong.push(`${tenantId} reads ${calls} calls, and ${recorded} were recorded`);
  }
  return wrong;
}
