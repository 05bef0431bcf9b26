import type { Row } from '../../figures/row';
import type { Entry, Fleet } from '../fleet';
import { DEVICES_OF_A_PERSON, SIZE } from '../size';

const ALL: readonly Entry[] = ['ours', 'rawStored', 'peerStored'];
const PARTS = [
  { name: 'p50', of: 0.5, target: 'at most 1.5 x the floor', times: 1.5 },
  { name: 'p95', of: 0.95, target: 'at most 100 ms', times: Infinity },
  { name: 'p99', of: 0.99, target: 'at most 3 x the floor', times: 3 },
] as const;

/** From handing an event in until a device of either instance is shown it, at a steady pace over all rooms. */
export async function latencyRows(fleet: Fleet, say: (progress: string) => void): Promise<Row[]> {
  const waits = new Map<Entry, readonly number[]>();
  for (const entry of ALL) {
    const crew = await fleet.pair(entry);
    const group = `${entry}, steady`;
    await fleet.devices(crew, group, SIZE.rooms);
    const { steady, steadyMs, rooms } = SIZE;
    // A little first, which counts for nothing.
    for (const [events, overMs] of [
      [steady / 10, steadyMs / 10],
      [steady, steadyMs],
    ] as const) {
      say(`latency: ${entry}, ${events} events over ${overMs / 1_000} s, ${DEVICES_OF_A_PERSON} devices each`);
      await fleet.clients.ask('expect', { group, events: events * DEVICES_OF_A_PERSON, timed: true });
      const reached = fleet.clients.ask('reached', { group, limitMs: overMs + 30_000 });
      await Promise.all([crew.server.ask('steadily', { rooms, events, overMs }), reached]);
    }
    waits.set(entry, await fleet.clients.ask('waits', { group }));
    await fleet.clients.ask('close', { group, keep: 0 });
  }
  const at = (entry: Entry, of: number): number => {
    const all = waits.get(entry) ?? [];
    return all[Math.floor(all.length * of)] ?? Infinity;
  };
  return PARTS.map(({ name, of, target, times }) => ({
    name: `handed in to shown, two instances, ${name}`,
    ours: at('ours', of),
    unit: 'ms',
    peer: { name: 'socket.io + a commit', value: at('peerStored', of) },
    floor: { name: 'a commit + publish + ws', value: at('rawStored', of) },
    target,
    met: at('ours', of) <= (times === Infinity ? 100 : times * at('rawStored', of)),
  }));
}
