import { pause, systemClock, type ThreadEvent, type ThreadId } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { Evidence } from '../world/evidence';
import { FaultProxy } from '../world/operations/fault-proxy';
import { HttpClient } from '../world/clients/http-client';
import { Instance } from '../world/operations/instance';
import { disorderIn, gapsIn, isEnding } from '../world/clients/event-order';
import { Follower, gather, signInAll, type Member } from './people/crowd';
import type { Benchmark } from './figures/row';

const QUESTION = 'How can we cut our AI spending?';
const DEVICES_EACH = 2;
/** As many runs as an instance works on at a time; the others wait for their turn. */
const ROOM = 50;
const RESUMED = 'Going on after an interruption';
const SIGN_IN_LASTS_MS = 600_000;

interface Round {
  readonly people: number;
  readonly devices: number;
  /** Received by all devices together. */
  readonly events: number;
  readonly atWork: number;
  readonly waiting: number;
  /** Runs that had ended before the kill: the round shows nothing about them. */
  readonly early: number;
  readonly missed: number;
  readonly doubled: number;
  readonly disordered: number;
  readonly unended: number;
  readonly answered: number;
  /** Lost connections. */
  readonly losses: number;
  /** From the kill to the last run that was taken over, and to the last ending, seconds. */
  readonly takeOverS: number;
  readonly wholeS: number;
}

export const about = 'every event of every run once and in order while an instance is killed; --people 200 --times 20';
export const options = { people: 200, times: 20 };

/**
 * One of two instances is killed (SIGKILL) and replaced while everybody's question is being worked on or waits for its
 * turn; ClickHouse is silent until then, so that no run can end before. What every device received is held against what
 * is stored.
 */
const killedInstance: Benchmark = async (say, { people, times }) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => services.stop());
  const clickhouse = stack.use(await FaultProxy.open(String(process.env['SPEC_CLICKHOUSE_URL'])));
  const start = async (): Promise<Instance> => stack.use(await Instance.start({ CLICKHOUSE_URL: clickhouse.url }));
  const [first, second] = await Promise.all([start(), start()]);
  let instances: readonly Instance[] = [first, second];
  const members = await gather(Number(people), first, String(process.env['SPEC_OPERATOR_KEY']));
  say(`${members.length} people of 4 companies are there`);

  const rounds: Round[] = [];
  let signedInAt = -Infinity;
  for (let time = 1; time <= Number(times); time += 1) {
    if (performance.now() - signedInAt > SIGN_IN_LASTS_MS) {
      await signInAll(members, instances[0]?.url ?? '');
      signedInAt = performance.now();
    }
    const played = await play(members, instances, clickhouse, start);
    instances = played.instances;
    rounds.push(played.round);
    print(time, played.round);
  }
  const sum = (of: (round: Round) => number): number => rounds.reduce((total, round) => total + of(round), 0);
  const none = (name: string, of: (round: Round) => number) => ({
    ...{ name, ours: sum(of), unit: '', target: 'none', met: sum(of) === 0 },
  });
  return [
    {
      name: 'events received',
      ours: sum(({ events }) => events),
      unit: '',
      target: 'some',
      met: sum(({ events }) => events) > 0,
    },
    none('missed', ({ missed }) => missed),
    none('doubled', ({ doubled }) => doubled),
    none('out of order', ({ disordered }) => disordered),
    none('runs without an ending', ({ unended }) => unended),
    none('runs that ended before the kill', ({ early }) => early),
    {
      name: 'slowest take-over',
      ours: Math.max(...rounds.map(({ takeOverS }) => takeOverS)),
      unit: 's',
      target: '',
      met: true,
    },
  ];
};
export default killedInstance;

async function play(
  members: readonly Member[],
  [doomed, other]: readonly Instance[],
  clickhouse: FaultProxy,
  start: () => Promise<Instance>,
): Promise<{ round: Round; instances: Instance[] }> {
  if (doomed === undefined || other === undefined) throw new Error('two instances are needed');
  let serving = [doomed, other];
  const door = (turn: number): string => serving[turn % serving.length]?.url ?? '';
  const threads = await Promise.all(members.map((member) => openThread(member, other.url)));
  const followers = threads.flatMap((threadId, place) =>
    Array.from({ length: DEVICES_EACH }, (_, device) => new Follower(threadId, device, members[place] as Member, door)),
  );
  const byThread = Map.groupBy(followers, ({ threadId }) => threadId);
  await Promise.all(followers.map(({ ready }) => ready));

  clickhouse.blackHole();
  threads.forEach((threadId, place) => byThread.get(threadId)?.[place % DEVICES_EACH]?.ask(QUESTION));
  await Promise.all(followers.map((one) => one.until('the question', (story) => story.length > 0)));
  const isAtWork = (story: readonly ThreadEvent[]): boolean => story.some(({ type }) => type === 'tool_executing');
  const stories = (): (readonly ThreadEvent[])[] => threads.map((id) => byThread.get(id)?.[0]?.received ?? []);
  const busy = Math.min(members.length, 2 * ROOM);
  while (stories().filter(isAtWork).length < busy) await pause(systemClock, 10);
  const before = stories();

  const killedAt = Date.now();
  doomed.signal('SIGKILL');
  serving = [other];
  const replacement = start().then((instance) => {
    serving = [other, instance];
    return instance;
  });
  clickhouse.restore();
  const endings = await Promise.allSettled(followers.map((one) => one.ended()));
  const wholeS = (Date.now() - killedAt) / 1_000;
  const instances = [other, await replacement];

  const stored = new Map(
    await Promise.all(
      threads.map(async (id, place) => [id, await read(members[place] as Member, id, other.url)] as const),
    ),
  );
  const counted = followers.map((one) => compare(one.received, stored.get(one.threadId) ?? []));
  await Promise.all(followers.map((one) => one.close()));
  const all = [...stored.values()];
  const sum = (of: (each: Compared) => number): number => counted.reduce((total, each) => total + of(each), 0);
  const takenOver = all
    .flat()
    .filter((event) => event.type === 'agent_thinking' && event.data.note.startsWith(RESUMED));
  const round: Round = {
    people: members.length,
    devices: followers.length,
    events: followers.reduce((total, { received }) => total + received.length, 0),
    atWork: before.filter((story) => isAtWork(story) && !story.some(isEnding)).length,
    waiting: before.filter((story) => !isAtWork(story)).length,
    early: before.filter((story) => story.some(isEnding)).length,
    missed: sum(({ missed }) => missed),
    doubled: sum(({ doubled }) => doubled),
    disordered:
      sum(({ disordered }) => disordered) + all.flatMap((story) => [...gapsIn(story), ...disorderIn(story)]).length,
    unended:
      endings.filter(({ status }) => status === 'rejected').length +
      all.filter((story) => !story.some(isEnding)).length,
    answered: all.filter((story) => story.some(({ type }) => type === 'agent_completed')).length,
    losses: followers.reduce((total, { losses }) => total + losses, 0),
    takeOverS: Math.max(0, ...takenOver.map(({ at }) => (Date.parse(at) - killedAt) / 1_000)),
    wholeS,
  };
  return { round, instances };
}

interface Compared {
  readonly missed: number;
  readonly doubled: number;
  readonly disordered: number;
}

/** A device's side against what is stored; an event that nobody stored counts as disorder. */
function compare(received: readonly ThreadEvent[], stored: readonly ThreadEvent[]): Compared {
  const times = new Map<string, number>();
  for (const { id } of received) times.set(id, (times.get(id) ?? 0) + 1);
  const known = new Set(stored.map(({ id }) => id));
  const backwards = received.filter(({ seq }, place) => place > 0 && seq < (received[place - 1]?.seq ?? 0)).length;
  return {
    missed: stored.filter(({ id }) => !times.has(id)).length,
    doubled: [...times.values()].reduce((total, each) => total + each - 1, 0),
    disordered: backwards + received.filter(({ id }) => !known.has(id)).length,
  };
}

async function openThread(member: Member, url: string): Promise<ThreadId> {
  const http = new HttpClient(url, member.email, new Evidence(), member.accessToken);
  return (await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title: 'Q3 spend' })).threadId;
}

async function read(member: Member, id: ThreadId, url: string): Promise<readonly ThreadEvent[]> {
  const http = new HttpClient(url, member.email, new Evidence(), member.accessToken);
  return (await http.require<{ events: ThreadEvent[] }>('get', `/v1/threads/${id}/events?limit=1000`)).events;
}

const COLUMNS = ['round', 'people', 'devices', 'at work', 'waiting', 'connections lost', 'events', 'missed', 'doubled'];
const MORE = ['out of order', 'no ending', 'answered', 'take-over', 'all ended'];

function print(time: number, r: Round): void {
  const names = [...COLUMNS, ...MORE];
  if (time === 1) console.log(`  ${names.join('  ')}`);
  const cells = [time, r.people, r.devices, r.atWork, r.waiting, r.losses, r.events, r.missed, r.doubled, r.disordered];
  const texts = [
    ...cells.map(String),
    String(r.unended),
    String(r.answered),
    `${r.takeOverS.toFixed(1)} s`,
    `${r.wholeS.toFixed(1)} s`,
  ];
  console.log(`  ${texts.map((text, at) => text.padStart(names[at]?.length ?? 0)).join('  ')}`);
}
