import { pause, systemClock, type ThreadEvent } from '../ssot/kernel';
import { eventually } from '../world/eventually';
import { Chat } from './people/chat';
import { changesMadeOfOneCutOff } from './cluster/change-cut-off';
import { RedisNodes } from './cluster/redis-nodes';
import { StateInCluster } from './cluster/state-in-cluster';
import { ms } from './distribution';
import { exactly, figure, none, some, type Finding, type Options, type Play } from './exercise';
import { caller, companies, newThread, type Person } from './people/people';
import { Seeded } from './seeded';
import { Stage } from './stage/stage';

export const about =
  'a Redis Cluster of three primaries with replicas, of which one primary is killed while people chat over two instances';
export const options = {
  chats: { says: 'live at once, each asking one question after the other', default: 40 },
  seconds: { says: 'of chatting before the kill, and after it', default: 15 },
  'think-ms': { says: 'between an answer and the next question, on average', default: 3_000 },
} satisfies Options;

const PRIMARIES = 3;
const IN_A_COMPANY = 10;
/** Guesses at one password from one network that are counted before the next has to wait. */
const GUESSES = 5;
/** Published: a part is green again at the earliest 10 s after it became red, and whole within 15 s of a store's return. */
const WHOLE_WITHIN_MS = 20_000;

const play: Play = async ({ seed, number, say }) => {
  const random = new Seeded(seed);
  await using nodes = await RedisNodes.open(PRIMARIES);
  say(`${PRIMARIES} primaries and their replicas are one cluster`);
  const made = await changesMadeOfOneCutOff(nodes.address);
  await using state = await StateInCluster.open(nodes.address);
  const before = await state.everything('before');
  say('working state is kept over all nodes');
  await using stage = await Stage.open(say, 2, { REDIS_URL: nodes.address });
  const { url } = stage.door;
  const people = await companies(stage, Math.ceil(number('chats') / IN_A_COMPANY), IN_A_COMPANY, say);
  const refusedAt = await guess(stage, people[0] as Person);
  const chats = await Promise.all(
    people.slice(0, number('chats')).map(async (person, place) => {
      const at = stage.instances[place % 2]?.url ?? url;
      return new Chat(person, at, await newThread(person, url), random.fork(), number('think-ms'));
    }),
  );
  using _chats = { [Symbol.dispose]: () => chats.forEach(({ device }) => device.close()) };
  await Promise.all(chats.map(({ device }) => device.ready));
  const stop = new AbortController();
  const talking = Promise.all(chats.map((chat) => chat.talk(stop.signal)));
  await pause(systemClock, number('seconds') * 1_000);
  const kept = await Promise.all(Array.from({ length: PRIMARIES }, (_, place) => nodes.primary(place).dbsize()));
  await nodes.killPrimary(0);
  say('killed a primary');
  const killed = performance.now();
  await eventually(async () => {
    const { state: found, cause } = await state.health();
    if (found !== 'up') throw new Error(cause);
    for (const { url: at } of stage.instances) await wholeAt(at);
  }, 2 * WHOLE_WITHIN_MS);
  const wholeMs = performance.now() - killed;
  say(`whole ${ms(wholeMs)} later`);
  const missing = await state.missing();
  await pause(systemClock, number('seconds') * 1_000);
  stop.abort();
  await talking;
  const after = await state.everything('after');
  const wrong: string[] = [];
  for (const chat of chats) wrong.push(...chat.wrongs(await stored(chat, url)));
  return [
    exactly('times that a change was made whose connection broke under way', 1, made),
    some('keys at the least of the primaries', Math.min(...kept)),
    none('working state that was another at the other instance, before the kill', before),
    none('companies without their working state when the replica had taken over', missing),
    none('working state that was another at the other instance, after the kill', after),
    exactly('guesses over two instances until one had to wait', GUESSES + 1, refusedAt),
    {
      what: 'from the kill until instances called Redis whole',
      counted: ms(wholeMs),
      promised: `within ${ms(WHOLE_WITHIN_MS)}`,
      met: wholeMs <= WHOLE_WITHIN_MS,
    },
    some(
      'questions asked',
      chats.reduce((sum, { asked }) => sum + asked.length, 0),
    ),
    none('events missing, doubled or out of order, answers without one ending', wrong),
    none('answers that failed', failed(chats)),
    figure(
      'connections lost',
      chats.reduce((sum, { device }) => sum + device.losses.length, 0),
    ),
  ] satisfies Finding[];
};
export default play;

/** Which wrong password, at one instance and the other in turn, is the first that has to wait. */
async function guess({ instances }: Stage, { email }: Person): Promise<number> {
  for (let tries = 1; tries <= 3 * GUESSES; tries++) {
    const at = instances[tries % instances.length]?.url ?? '';
    const body = { email, password: 'not the password of anybody', device: 'guesser' };
    const { status } = await caller({ email, accessToken: '' }, at).send('post', '/v1/sign-in', body);
    if (status === 429) return tries;
  }
  return Infinity;
}

async function wholeAt(url: string): Promise<void> {
  const { body } = await caller({ email: '', accessToken: '' }, url).send<{ degraded: boolean }>(
    'get',
    '/health/ready',
  );
  if (body.degraded) throw new Error(`${url} is degraded`);
}

async function stored({ person, threadId }: Chat, url: string): Promise<readonly ThreadEvent[]> {
  const path = `/v1/threads/${threadId}/events?limit=1000&afterSeq=0`;
  return (await caller(person, url).require<{ events: ThreadEvent[] }>('get', path)).events;
}

function failed(chats: readonly Chat[]): readonly string[] {
  return chats.flatMap(({ events }) =>
    events.flatMap((event) => (event.type === 'agent_failed' ? [event.threadId] : [])),
  );
}
