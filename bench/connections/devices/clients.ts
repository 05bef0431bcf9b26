import { answering } from '../asking';
import type { Ticket } from '../contestants/contestant';
import { Device, type Tally } from './device';
import { moment } from '../moment';
import type { Kind } from '../contestants/server';

interface Group extends Tally {
  readonly devices: Device[];
}
const groups = new Map<string, Group>();
const OPENING_AT_ONCE = 50;

/** The process of all devices: they count what they are shown, and look inside only when times are asked for. */
const clients = {
  open: async ({ group: name, kind, url, tickets }: OpenAsk): Promise<number> => {
    const group: Group = groups.get(name) ?? { devices: [], shown: 0, expected: Infinity, reached: null, waits: null };
    groups.set(name, group);
    const rest = [...tickets];
    const open = async (): Promise<void> => {
      for (let ticket = rest.shift(); ticket !== undefined; ticket = rest.shift()) {
        const device = new Device(kind, url, ticket, group);
        group.devices.push(device);
        await device.open();
      }
    };
    await Promise.all(Array.from({ length: OPENING_AT_ONCE }, open));
    return group.devices.length;
  },
  /** From now on this many events are expected, and timed if so asked. */
  expect: ({ group: name, events, timed }: { group: string; events: number; timed: boolean }): void => {
    const group = the(name);
    group.shown = 0;
    group.expected = events;
    group.reached = Promise.withResolvers();
    group.waits = timed ? [] : null;
  },
  /** When the last of them was shown, and what the clients' process spent since then on the clock of the machine. */
  reached: async ({ group: name, limitMs }: { group: string; limitMs: number }): Promise<number> => {
    const group = the(name);
    const timer = setTimeout(
      () => group.reached?.reject(new Error(`${name}: ${group.shown} of ${group.expected} events after ${limitMs} ms`)),
      limitMs,
    );
    const at = await group.reached?.promise;
    clearTimeout(timer);
    return at ?? moment();
  },
  /** Milliseconds from told to shown, sorted. */
  waits: ({ group: name }: { group: string }): number[] => (the(name).waits ?? []).sort((a, b) => a - b),
  held: ({ group: name }: { group: string }): number => the(name).devices.filter((device) => device.isOpen).length,
  lose: ({ group: name, device }: { group: string; device: number }): Promise<number> => one(name, device).lose(),
  /** Milliseconds from opening the connection again until the last of the missed events is there. */
  resume: ({ group: name, device, missed }: { group: string; device: number; missed: number }): Promise<number> =>
    one(name, device).resume(missed),
  close: async ({ group: name, keep }: { group: string; keep: number }): Promise<void> => {
    const leaving = the(name).devices.splice(keep);
    await Promise.all(leaving.map((device) => device.lose()));
  },
};
interface OpenAsk {
  readonly group: string;
  readonly kind: Kind;
  readonly url: string;
  readonly tickets: readonly Ticket[];
}
export type ClientAnswers = typeof clients;
answering(clients);

function the(name: string): Group {
  const group = groups.get(name);
  if (group === undefined) throw new Error(`no group "${name}"`);
  return group;
}

function one(name: string, place: number): Device {
  return the(name).devices[place] as Device;
}
