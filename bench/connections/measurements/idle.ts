import type { Row } from '../../figures/row';
import type { Crew, Entry, Fleet } from '../fleet';
import { DEVICES_OF_A_PERSON, SIZE } from '../size';

const HELD = 'held';

/** What a connection costs that only waits, in the process that holds it. Leaves our connections open. */
export async function memoryRows(fleet: Fleet, say: (progress: string) => void): Promise<Row[]> {
  const heap = { ours: 0, raw: 0, peer: 0 };
  const resident = { ours: 0, raw: 0, peer: 0 };
  for (const entry of ['raw', 'peer', 'ours'] as const satisfies Entry[]) {
    const crew = await fleet.crew(entry);
    const before = await usedBy(crew);
    const began = performance.now();
    await fleet.devices(crew, entry === 'ours' ? HELD : entry, SIZE.idle / DEVICES_OF_A_PERSON);
    say(`${SIZE.idle} connections to ${entry} opened in ${Math.round(performance.now() - began)} ms`);
    const after = await usedBy(crew);
    heap[entry] = (after.heap - before.heap) / SIZE.idle / 1_024;
    resident[entry] = (after.resident - before.resident) / SIZE.idle / 1_024;
    if (entry !== 'ours') await fleet.clients.ask('close', { group: entry, keep: 0 });
  }
  const row = (name: string, of: typeof heap, target: string, met: boolean): Row => ({
    ...{ name, ours: of.ours, unit: 'KiB', target, met },
    peer: { name: 'socket.io', value: of.peer },
    floor: { name: 'ws', value: of.raw },
  });
  return [
    row('memory of an idle connection, heap and buffers', heap, 'at most 1.5 x ws', heap.ours <= 1.5 * heap.raw),
    row('memory of an idle connection, resident', resident, '', true),
  ];
}

async function usedBy({ server }: Crew): Promise<{ heap: number; resident: number }> {
  return { heap: await server.ask('memory', null), resident: await server.ask('resident', null) };
}

/** Our idle connections are still open after a heartbeat, and each is still shown what happens. */
export async function heldRows(fleet: Fleet, say: (progress: string) => void): Promise<Row[]> {
  const { server } = await fleet.crew('ours');
  say(`holding ${SIZE.idle} connections for ${SIZE.heldMs / 1_000} s`);
  await new Promise((resolve) => setTimeout(resolve, SIZE.heldMs));
  const rooms = SIZE.idle / DEVICES_OF_A_PERSON;
  await fleet.clients.ask('expect', { group: HELD, events: SIZE.idle, timed: false });
  const reached = fleet.clients.ask('reached', { group: HELD, limitMs: 60_000 });
  const [began, ended] = await Promise.all([server.ask('waves', { rooms, waves: 1, burst: 1 }), reached]);
  const ms = (ended - began) / 1_000;
  const open = await fleet.clients.ask('held', { group: HELD });
  await fleet.clients.ask('close', { group: HELD, keep: 0 });
  return [
    {
      name: `idle connections held for ${SIZE.heldMs / 1_000} s`,
      ours: open,
      unit: 'connections',
      target: `${SIZE.idle}`,
      met: open === SIZE.idle,
    },
    {
      name: `one event to each of ${rooms} threads, shown to all of these`,
      ours: ms,
      unit: 'ms',
      target: '',
      met: true,
    },
  ];
}
