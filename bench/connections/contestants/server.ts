import { setTimeout as wait } from 'node:timers/promises';
import { answering } from '../asking';
import { NOTE_LENGTH, type Contestant, type Setting, type Ticket } from './contestant';
import { moment, noteOfNow } from '../moment';
import { ours } from './ours';
import { peer } from './peer';
import { raw } from './raw';

export type Kind = 'raw' | 'peer' | 'ours';
const CONTESTANTS: Readonly<Record<Kind, (setting: Setting) => Promise<Contestant>>> = { raw, peer, ours };

const TOGETHER = 20;
const AT_ONCE = 100;
let contestant: Contestant | undefined;
const it = (): Contestant => {
  if (contestant === undefined) throw new Error('not started');
  return contestant;
};

/** The process of one contestant. Times are microseconds of the machine's clock, memory is bytes after collection. */
const server = {
  start: async ({ kind, setting }: { kind: Kind; setting: Setting }): Promise<string> => {
    contestant = await CONTESTANTS[kind](setting);
    return contestant.url;
  },
  prepare: ({ rooms }: { rooms: number }): Promise<readonly Ticket[]> => it().prepare(rooms),
  /** Processor time of this process so far. */
  spent: (_: null): number => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  /** When it began: all rooms at once, and again when all have been told; `burst` events together each time. */
  waves: async ({ rooms, waves, burst }: { rooms: number; waves: number; burst: number }): Promise<number> => {
    const began = moment();
    for (let wave = 0; wave < waves; wave++) {
      // A hundred at once, as no instance has more runs at work.
      for (let from = 0; from < rooms; from += AT_ONCE) {
        await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, rooms - from) }, (_, place) =>
            it().tell(
              from + place,
              Array.from({ length: burst }, () => noteOfNow(NOTE_LENGTH)),
            ),
          ),
        );
      }
    }
    return began;
  },
  /** One event a time, to one room after the other, spread evenly over the time given. */
  steadily: async ({ rooms, events, overMs }: { rooms: number; events: number; overMs: number }): Promise<void> => {
    const began = performance.now();
    const under: Promise<void>[] = [];
    for (let told = 0; told < events; told++) {
      const early = began + (told * overMs) / events - performance.now();
      if (early > 1) await wait(early);
      under.push(it().tell(told % rooms, [noteOfNow(NOTE_LENGTH)]));
    }
    await Promise.all(under);
  },
  /** So many events for one room, between so many for each of the others. */
  meanwhile: async ({ room, events, others }: { room: number; events: number; others: readonly number[] }) => {
    for (let told = 0; told < events; told += TOGETHER) {
      const notes = (): string[] =>
        Array.from({ length: Math.min(TOGETHER, events - told) }, () => noteOfNow(NOTE_LENGTH));
      await Promise.all([room, ...others].map((each) => it().tell(each, notes())));
    }
  },
  bareRead: ({ room, afterSeq }: { room: number; afterSeq: number }) => it().bareRead?.(room, afterSeq) ?? 0,
  memory: (_: null): number => {
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  },
  resident: (_: null): number => process.memoryUsage.rss(),
};
export type ServerAnswers = typeof server;
answering(server);
