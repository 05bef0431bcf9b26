/** What a device must know to join a room. */
export interface Ticket {
  readonly room: number;
  readonly token?: string;
  readonly threadId?: string;
}

/** Someone who tells rooms full of devices what happens. */
export interface Contestant {
  readonly url: string;
  /** Makes rooms of people, each with devices of its own. */
  prepare(rooms: number): Promise<readonly Ticket[]>;
  /** Tells everybody in a room these notes, each in an event of about 300 bytes; resolves when that is under way. */
  tell(room: number, notes: readonly string[]): Promise<void>;
  /** How long PostgreSQL alone takes to read a room's events after a number, milliseconds. */
  bareRead?(room: number, afterSeq: number): Promise<number>;
}

/** Which stores a contestant writes to before it tells, and whether others like it must hear. */
export interface Setting {
  /** Commits to PostgreSQL before anything is shown. */
  readonly stored: boolean;
  /** Passes on to other processes through Redis. */
  readonly paired: boolean;
}

/** An event as it travels on our connections, of the same length for everybody. */
export function eventOf(note: string): object {
  return {
    v: 1,
    id: 'event_01k9z3m8q4e5t6v7w8x9y0a1b2',
    seq: 1234,
    type: 'agent_thinking',
    threadId: 'thread_01k9z3m8q4e5t6v7w8x9y0a1b2',
    runId: 'run_01k9z3m8q4e5t6v7w8x9y0a1b2',
    agent: 'data',
    at: '2025-09-10T08:00:00.000Z',
    data: { step: 'query', note },
  };
}

/** With this long a note an event has 300 bytes. */
export const NOTE_LENGTH = 300 - JSON.stringify(eventOf('')).length;
