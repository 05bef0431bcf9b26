import { median } from '../../figures/median';
import type { Row } from '../../figures/row';
import type { Fleet } from '../fleet';
import { SIZE } from '../size';

const BUSY_ROOMS = 6;

/** A device comes back and is shown the 1,000 events it missed, out of seven times as many that happened meanwhile. */
export async function resumeRows(fleet: Fleet, say: (progress: string) => void): Promise<Row[]> {
  const took = { ours: [] as number[], peer: [] as number[], read: [] as number[] };
  for (const entry of ['ours', 'peer'] as const) {
    const crew = await fleet.crew(entry);
    const group = `${entry}, resuming`;
    const alone = { ...crew, urls: crew.urls.slice(0, 1) };
    await fleet.devices(alone, group, SIZE.resumes);
    for (let room = 0; room < SIZE.resumes; room++) {
      say(`resuming: ${entry}, ${room + 1} of ${SIZE.resumes}`);
      const device = room * 10;
      await fleet.clients.ask('expect', { group, events: 10, timed: false });
      const reached = fleet.clients.ask('reached', { group, limitMs: 10_000 });
      await Promise.all([crew.server.ask('meanwhile', { room, events: 1, others: [] }), reached]);
      const afterSeq = await fleet.clients.ask('lose', { group, device });
      const others = Array.from({ length: BUSY_ROOMS }, (_, place) => SIZE.resumes + place);
      // The nine devices that stayed have been shown everything before the tenth comes back.
      await fleet.clients.ask('expect', { group, events: 9 * SIZE.missed, timed: false });
      const shown = fleet.clients.ask('reached', { group, limitMs: 60_000 });
      await Promise.all([crew.server.ask('meanwhile', { room, events: SIZE.missed, others }), shown]);
      took[entry].push(await fleet.clients.ask('resume', { group, device, missed: SIZE.missed }));
      if (entry === 'ours') took.read.push(await crew.server.ask('bareRead', { room, afterSeq }));
    }
    await fleet.clients.ask('close', { group, keep: 0 });
  }
  const [ours, peer, read] = [median(took.ours), median(took.peer), median(took.read)];
  const met = ours <= 0.5 * peer && ours <= 500;
  return [
    {
      name: 'resuming 1,000 missed events',
      ours,
      unit: 'ms',
      peer: { name: 'socket.io', value: peer },
      floor: { name: 'the bare read', value: read },
      target: 'at most 0.5 x the peer, 500 ms',
      met,
    },
  ];
}
