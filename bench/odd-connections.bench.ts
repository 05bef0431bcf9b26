import { pause, systemClock } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { Instance } from '../world/operations/instance';
import { sendCrowd, type CrowdReport } from '../world/operations/broken-clients/odd-crowd';
import { OddConnections } from '../world/operations/broken-clients/odd-connections';
import type { ProcessFigures } from '../world/operations/process-figures';
import { ask, open } from './people/asking-device';
import { gather, signInAll, type Member } from './people/crowd';
import { endsAlone, findCulprit } from './attacks/culprit';
import type { Benchmark, Row } from './figures/row';

/** Open at one moment. */
const AT_ONCE = 200;
/** Sent first and counted for nothing: what is compiled and cached comes with them. */
const WARMING = 2_000;
const PATIENCE = { answerMs: 300, holdMs: 45_000 };
/** How often progress is told. */
const PROGRESS_MS = 10_000;
/** Of those that were left open, so many are named. */
const MAX_NAMED = 20;
/** A person may write 60 messages a minute. */
const BETWEEN_QUESTIONS_MS = 2_000;
const SETTLING_MS = 20_000;
/** An instance that falls this often is not measured any further. */
const MOST_FALLS = 10;
const MIB = 2 ** 20;
/** However many connections there were: an object kept of each of 100,000 would be more. */
const KEPT_MIB = 8;
const RESIDENT_MIB = 256;

export const about =
  'broken clients against one instance, which serves on and keeps nothing; --connections 100000 --seed 7 --only <place>';
/** `only`: this one connection of the seed, alone; 0: all. */
export const options = { connections: 100_000, seed: 7, only: 0 };

/**
 * Sends broken clients, the same for the same seed, to one instance of the platform, while somebody who has signed in goes
 * on asking. When the instance ends, who ended it is sought among those at work, one by one against fresh instances.
 */
const oddConnections: Benchmark = async (say, { connections = 0, seed = 0, only = 0 }) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => services.stop());
  const first = stack.use(await Instance.start());
  const [asking, attacking] = await gather(2, first, String(process.env['SPEC_OPERATOR_KEY']));
  if (asking === undefined || attacking === undefined) throw new Error('two people are needed');
  await signInAll([asking, attacking], first.url);
  const crowd = new OddConnections(seed, { token: attacking.accessToken });
  say(`seed ${seed}${only > 0 ? `, connection ${only} alone` : ''}`);
  if (only > 0) return [await alone(crowd, only, first, say)];

  let instance = first;
  const falls: string[] = [];
  const rows: Row[] = [];
  for (let from = 1; from <= connections && falls.length < MOST_FALLS;) {
    const round = await send(crowd, { from, count: connections - from + 1, instance, asking, say });
    from += round.sent;
    for (const { place, kind } of round.leftOpen.slice(0, MAX_NAMED)) say(`left open: connection ${place} (${kind})`);
    if (round.suspects.length === 0) {
      rows.push(...(await rowsOf(round, instance)));
      break;
    }
    say(`the instance fell after ${from - 1} connections: ${lastWords(instance)}`);
    falls.push(await findCulprit(crowd, round.suspects, say));
    instance = stack.use(await Instance.start());
  }
  for (const fall of falls)
    say(`ended by ${fall} (repeat: npm run bench -- odd-connections --seed ${seed} --only <place>)`);
  return [
    { name: 'times the instance ended', ours: falls.length, unit: '', target: 'none', met: falls.length === 0 },
    ...rows,
  ];
};
export default oddConnections;

type Say = (progress: string) => void;

interface Round extends CrowdReport {
  readonly perSecond: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly slowestMs: number;
  readonly before: ProcessFigures | null;
}

interface Sending {
  readonly from: number;
  readonly count: number;
  readonly instance: Instance;
  readonly asking: Member;
  readonly say: Say;
}

async function send(crowd: OddConnections, { from, count, instance, asking, say }: Sending): Promise<Round> {
  const warm = Math.min(WARMING, Math.floor(count / 10));
  const some = { ...PATIENCE, atOnce: AT_ONCE };
  const questions = { answered: 0, unanswered: 0, slowestMs: 0 };
  const device = await open(asking, instance.url);
  await ask(device);
  const heated = await sendCrowd(crowd, instance, { ...some, holdMs: 300, from, count: warm });
  if (heated.suspects.length > 0) return { ...heated, ...questions, perSecond: 0, before: null };
  await ask(device);
  const before = await instance.figures();
  const isOver = new AbortController();
  const goingOn = (async () => {
    while (!isOver.signal.aborted && instance.isSound) {
      const asked = await ask(device).catch(() => ({ isAnswered: false, answerMs: 0 }));
      questions[asked.isAnswered ? 'answered' : 'unanswered'] += 1;
      questions.slowestMs = Math.max(questions.slowestMs, asked.answerMs);
      await pause(systemClock, BETWEEN_QUESTIONS_MS, isOver.signal).catch(() => undefined);
    }
  })();
  const began = performance.now();
  let toldAt = began;
  const round = await sendCrowd(crowd, instance, {
    ...some,
    from: from + warm,
    count: count - warm,
    onProgress: (sent) => {
      if (performance.now() < toldAt + PROGRESS_MS) return;
      toldAt = performance.now();
      say(`${sent} of ${count - warm} connections, ${residentMib()} MiB in this process`);
    },
  });
  const seconds = (performance.now() - began) / 1_000;
  isOver.abort();
  await goingOn;
  return { ...round, ...questions, sent: round.sent + heated.sent, perSecond: round.sent / seconds, before };
}

async function rowsOf(round: Round, instance: Instance): Promise<Row[]> {
  const { before, leftOpen, notConnected, unanswered } = round;
  if (before === null) return [];
  const after = await settled(instance, before.openConnections);
  const kept = (after.heldBytes - before.heldBytes) / MIB;
  const most = (after.mostResidentBytes - before.residentBytes) / MIB;
  const open = Math.max(0, after.openConnections - before.openConnections);
  const none = (name: string, ours: number): Row => ({ name, ours, unit: '', target: 'none', met: ours === 0 });
  return [
    { name: 'broken clients sent', ours: round.sent, unit: '', target: '', met: true },
    { name: 'of these a second', ours: round.perSecond, unit: '', target: '', met: true },
    none('of these that found nobody listening', notConnected.length),
    none(`of these that the instance left open for ${PATIENCE.holdMs / 1_000} s`, leftOpen.length),
    { name: 'questions answered meanwhile', ours: round.answered, unit: '', target: 'some', met: round.answered > 0 },
    none('questions not answered', unanswered),
    { name: 'slowest answer', ours: round.slowestMs, unit: 'ms', target: '', met: true },
    none('connections still open', open),
    {
      ...{ name: 'heap and buffers grown', ours: kept, unit: 'MiB', target: `at most ${KEPT_MIB} MiB` },
      met: kept <= KEPT_MIB,
    },
    {
      ...{ name: 'most memory meanwhile, more than before', ours: most, unit: 'MiB' },
      ...{ target: `at most ${RESIDENT_MIB} MiB`, met: most <= RESIDENT_MIB },
    },
  ];
}

function residentMib(): number {
  return Math.round(process.memoryUsage.rss() / MIB);
}

function lastWords(instance: Instance): string {
  return instance.uncaught?.split('\n', 4).join('\n    ') ?? instance.log().trim().slice(-1_000);
}

/** The figures as soon as no more connections are open than before, or what they are in the end. */
async function settled(instance: Instance, connections: number): Promise<ProcessFigures> {
  let last = await instance.figures();
  const end = performance.now() + SETTLING_MS;
  while (last.openConnections > connections && performance.now() < end) {
    await pause(systemClock, 200);
    last = await instance.figures();
  }
  return last;
}

/** One connection as often as a race may need. */
async function alone(crowd: OddConnections, place: number, instance: Instance, say: Say): Promise<Row> {
  const { kind, moves, ending } = crowd.at(place);
  const said = moves.map((move) =>
    move.do === 'send' ? JSON.stringify(move.bytes.toString('latin1').slice(0, 300)) : move.do,
  );
  say(`${kind}: ${said.join(', ')}; then ${ending}`);
  const fell = await endsAlone(crowd, place, instance);
  if (fell) say(`the instance fell: ${lastWords(instance)}`);
  return { name: `connection ${place} ended the instance`, ours: Number(fell), unit: '', target: 'no', met: !fell };
}
