import { median } from '../../figures/median';
import type { Row } from '../../figures/row';
import type { Crew, Entry, Fleet, Outcome } from '../fleet';
import { SIZE } from '../size';

const ALL = ['ours', 'rawStored', 'peer', 'peerStored'] as const satisfies Entry[];
const SHAPES = [
  { name: '20 events a commit', waves: 1, burst: 20 },
  { name: '1 event a commit', waves: 10, burst: 1 },
] as const;
type Shape = (typeof SHAPES)[number];

/** Events shown a second when every room is told something at once: 1,000 devices of one process, then of two. */
export async function fanOutRows(fleet: Fleet, say: (progress: string) => void): Promise<Row[]> {
  const one = await measured(
    fleet,
    say,
    'raw',
    await Promise.all([...ALL, 'raw' as const].map((entry) => fleet.crew(entry))),
  );
  const two = await measured(
    fleet,
    say,
    'rawPaired',
    await Promise.all([...ALL, 'rawPaired' as const].map((entry) => fleet.pair(entry))),
  );
  return [...one, ...two];
}

async function measured(
  fleet: Fleet,
  say: (progress: string) => void,
  floor: 'raw' | 'rawPaired',
  crews: readonly Crew[],
): Promise<Row[]> {
  const where = floor === 'raw' ? 'one instance' : 'two instances';
  const group = (crew: Crew): string => `${crew.entry}, ${where}`;
  for (const crew of crews) await fleet.devices(crew, group(crew), SIZE.rooms);
  const rows: Row[] = [];
  for (const shape of SHAPES) {
    const outcomes = new Map<Entry, Outcome[]>(crews.map(({ entry }) => [entry, []]));
    for (let round = 0; round <= SIZE.rounds; round++) {
      if (round > 0) say(`fan-out, ${where}, ${shape.name}: round ${round} of ${SIZE.rounds}`);
      for (const crew of crews) {
        const outcome = await fleet.round(crew, group(crew), shape);
        if (round > 0) outcomes.get(crew.entry)?.push(outcome);
      }
    }
    rows.push(...rowsOf(floor, where, shape, outcomes));
  }
  for (const crew of crews) await fleet.clients.ask('close', { group: group(crew), keep: 0 });
  return rows;
}

function rowsOf(
  bare: 'raw' | 'rawPaired',
  where: string,
  { name: shape, burst }: Shape,
  outcomes: ReadonlyMap<Entry, readonly Outcome[]>,
): Row[] {
  const rate = (entry: Entry): number => median((outcomes.get(entry) ?? []).map(({ perSecond }) => perSecond));
  const cpu = (entry: Entry): number => median((outcomes.get(entry) ?? []).map(({ cpuUs }) => cpuUs));
  const ours = rate('ours');
  const name = `shown to 1,000, ${where}, ${shape}`;
  const of = (peer: Entry, words: string, floor: Entry, floorWords: string, target = '', met = true): Row => ({
    ...{ name, ours, unit: '/s', target, met },
    peer: { name: words, value: rate(peer) },
    floor: { name: floorWords, value: rate(floor) },
  });
  const bareWords = bare === 'raw' ? 'ws' : 'publish + ws';
  const live = burst > 1 && where === 'one instance';
  return [
    of(
      ...(['peerStored', 'socket.io + a commit', bare, bareWords] as const),
      live ? 'at least 0.7 x ws, 1 x the peer' : 'at least 1 x the peer',
      ours >= rate('peerStored') && (!live || ours >= 0.7 * rate(bare)),
    ),
    of('peer', 'socket.io, nothing stored', 'rawStored', 'a commit + publish + ws'),
    {
      ...{ name: `  processor time an event shown`, ours: cpu('ours'), unit: 'us', target: '', met: true },
      peer: { name: 'socket.io + a commit', value: cpu('peerStored') },
      floor: { name: bareWords, value: cpu(bare) },
    },
  ];
}
