import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pause, systemClock, type ThreadEvent } from '../ssot/kernel';
import { figure, none, some, type Finding, type Options, type Play, type Say } from './exercise';
import { under } from './distribution';
import { picture } from './rolling/picture';
import { Chat } from './people/chat';
import { caller, companies, newThread, signInAll } from './people/people';
import { Seeded } from './seeded';
import { SlowModel } from './stage/slow-model';
import { Stage } from './stage/stage';

export const about =
  'all instances are replaced one by one behind a front door while people chat: nothing lost, doubled or out of order, short pauses';
export const options = {
  chats: { says: 'live at once, each asking one question after the other', default: 200 },
  instances: { says: 'of the platform, each of which is replaced', default: 2 },
  times: { says: 'in a row', default: 1 },
  'think-ms': { says: 'between an answer and the next question, on average', default: 8_000 },
  picture: { says: 'draw the distribution into docs/rolling-deployment.svg', default: false },
} satisfies Options;

const IN_A_COMPANY = 20;
const PAUSE = { p95Ms: 250, mostMs: 2_000 };
/** How long an answer is worded for, so that answers are under way whenever an instance is told to stop. */
const WORDING_MS = [2_000, 7_000] as const;
const SIGN_IN_LASTS_MS = 600_000;
const PICTURE = resolve(__dirname, '../docs/rolling-deployment.svg');

const play: Play = async ({ seed, number, isOn, say }) => {
  const random = new Seeded(seed);
  await using model = await SlowModel.open(random.fork(), ...WORDING_MS);
  const overrides = { MODEL_URL: model.url, MODEL_KEY: 'key-of-the-model' };
  await using stage = await Stage.open(say, number('instances'), overrides);
  const { url } = stage.door;
  const people = await companies(stage, Math.ceil(number('chats') / IN_A_COMPANY), IN_A_COMPANY, say);
  const chats = await Promise.all(
    people.slice(0, number('chats')).map(async (person) => {
      const threadId = await newThread(person, url);
      return new Chat(person, url, threadId, random.fork(), number('think-ms'));
    }),
  );
  using _chats = { [Symbol.dispose]: () => chats.forEach(({ device }) => device.close()) };
  await Promise.all(chats.map(({ device }) => device.ready));
  const stop = new AbortController();
  const talking = Promise.all(chats.map((chat) => chat.talk(stop.signal)));
  say(`${chats.length} chats are live`);
  await pause(systemClock, number('think-ms'));

  const deployment = new Deployment(stage, chats, say);
  for (let time = 1; time <= number('times'); time += 1) {
    await deployment.roll();
    say(`deployed ${time} of ${number('times')} times`);
  }
  stop.abort();
  await talking;
  const wrong = await compare(chats, url);
  if (isOn('picture')) {
    writeFileSync(PICTURE, picture(deployment.pausesMs, { chats: chats.length, times: number('times'), ...PAUSE }));
    say(`drawn: ${PICTURE}`);
  }
  return [
    some(
      'events shown',
      chats.reduce((sum, { events }) => sum + events.length, 0),
    ),
    some(
      'questions asked',
      chats.reduce((sum, { asked }) => sum + asked.length, 0),
    ),
    figure('answers under way when their instance was told to stop', deployment.underWay),
    ...deployment.exits(),
    none('events missing, doubled or out of order, answers without one ending', wrong),
    none('answers that failed', failed(chats)),
    ...under('pauses of people whose instance was replaced', deployment.pausesMs, PAUSE.p95Ms, PAUSE.mostMs),
    cutOff(stage.door.counts.repeated),
    tornOff(chats),
  ];
};
export default play;

/** Replaces every instance, one after the other: first a new one serves, then an old one is told to stop. */
class Deployment {
  readonly pausesMs: number[] = [];
  underWay = 0;
  readonly #unclean: string[] = [];
  #replaced = 0;
  #signedInAt = performance.now();

  constructor(
    private readonly stage: Stage,
    private readonly chats: readonly Chat[],
    private readonly say: Say,
  ) {}

  async roll(): Promise<void> {
    const { stage, chats } = this;
    for (const old of stage.instances) {
      await this.#renew();
      await stage.start();
      await stage.allReady();
      const moves = new Map(chats.map(({ device }) => [device, device.counts.moves + device.counts.losses]));
      for (const { device } of chats) device.takeWorstMs();
      this.underWay += await runsAt(stage, old.operationsUrl);
      old.signal('SIGTERM');
      this.#note(await old.ended(), old.log());
      // Whatever was stored until then has been shown, or is late.
      await pause(systemClock, PAUSE.mostMs);
      for (const [device, before] of moves) {
        const worst = device.takeWorstMs();
        if (device.counts.moves + device.counts.losses > before) this.pausesMs.push(worst);
      }
      this.say(`an instance was replaced; ${this.pausesMs.length} pauses so far`);
    }
  }

  exits(): Finding[] {
    return [some('instances replaced', this.#replaced), none('instances that did not stop cleanly', this.#unclean)];
  }

  /** The last line of a log says how an instance ended. */
  #note(status: number | string, log: string): void {
    this.#replaced += 1;
    if (status !== 0) this.#unclean.push(`ended with ${status}: ${log.trim().split('\n').at(-1) ?? ''}`);
  }

  /** Access tokens last a quarter of an hour. */
  async #renew(): Promise<void> {
    if (performance.now() - this.#signedInAt < SIGN_IN_LASTS_MS) return;
    await signInAll(
      this.chats.map(({ person }) => person),
      this.stage.first.url,
    );
    this.#signedInAt = performance.now();
    for (const chat of this.chats) chat.renew();
  }
}

async function runsAt({ operatorKey }: Stage, operationsUrl: string): Promise<number> {
  const operator = caller({ email: 'operator', accessToken: operatorKey }, operationsUrl);
  const { inFlight } = await operator.require<{ inFlight: { run: number } }>('get', '/v1/operations/instance');
  return inFlight.run;
}

async function compare(chats: readonly Chat[], url: string): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const chat of chats) wrong.push(...chat.wrongs(await stored(chat, url)));
  return wrong;
}

async function stored({ person, threadId }: Chat, url: string): Promise<readonly ThreadEvent[]> {
  const all: ThreadEvent[] = [];
  for (;;) {
    const path = `/v1/threads/${threadId}/events?limit=1000&afterSeq=${all.at(-1)?.seq ?? 0}`;
    const { events, headSeq } = await caller(person, url).require<{ events: ThreadEvent[]; headSeq: number }>(
      'get',
      path,
    );
    all.push(...events);
    if (events.length === 0 || events.at(-1)?.seq === headSeq) return all;
  }
}

function failed(chats: readonly Chat[]): readonly string[] {
  return chats.flatMap(({ events }) =>
    events.flatMap((event) =>
      event.type === 'agent_failed' ? [`${event.threadId}: ${JSON.stringify(event.data)}`] : [],
    ),
  );
}

/** The front door would hide them: it repeats what may be done twice. */
function cutOff(count: number): Finding {
  return none('requests that a stopping instance cut off', Array<string>(count).fill('repeated by the front door'));
}

function tornOff(chats: readonly Chat[]): Finding {
  const byCode = Map.groupBy(
    chats.flatMap(({ device }) => device.losses),
    (code) => code,
  );
  const details = [...byCode].map(([code, all]) => `${all.length} closed with ${code}`);
  const count = chats.reduce((sum, { device }) => sum + device.losses.length, 0);
  return { ...figure('connections torn off instead of moved', count), details };
}
