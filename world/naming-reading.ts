import { z } from 'zod';
import {
  describeId,
  ID_CODES,
  ID_KINDS,
  IdError,
  idSchema,
  migrateUuid,
  readId,
  uuidOf,
  type Id,
  type IdKind,
  type Read,
} from '../ssot/id-manager';
import { systemRandom, type Clock } from '../ssot/kernel';
import { properUuid, suffixOf } from './naming-reference';
import { INVALID_EXAMPLES, VALID_EXAMPLES } from './naming-typeid-examples';

/** The doors at which names come in. */
export class Reading {
  read: Read<unknown> | null = null;
  incoming: unknown;
  times: { long: number; short: number } | null = null;
  misread: string[] = [];
  strange: string[] = [];
  examples: { taken: number; refused: string } | null = null;
  description: unknown;

  constructor(private readonly clock: Clock) {}

  comesIn(incoming: unknown, expected: IdKind): void {
    this.incoming = incoming;
    this.read = readId(expected, incoming);
  }

  /** Whether the refusal repeats a piece of what came in that is longer than a word. */
  get repeated(): boolean {
    const said = this.refusal.message;
    const text = typeof this.incoming === 'string' ? this.incoming : JSON.stringify(this.incoming ?? '');
    return text.length > 12 && said.includes(text.slice(-13));
  }

  get refusal(): IdError {
    if (this.read === null || this.read.ok) throw new Error('what came in was let in');
    return this.read.error;
  }

  /** The reasons of the door for any name and of a form, in that order. */
  otherDoors(expected: IdKind): { reason: unknown; told: string }[] {
    const any = describeId(this.incoming, this.clock);
    const form = z.object({ field: idSchema(expected) }).safeParse({ field: this.incoming });
    const issue = form.error?.issues[0] as (z.core.$ZodIssueCustom & { message: string }) | undefined;
    return [
      any.ok ? { reason: 'let in', told: '' } : { reason: any.error.code, told: any.error.message },
      { reason: issue?.code === 'custom' ? issue.params?.['code'] : issue?.code, told: issue?.message ?? '' },
    ];
  }

  /** What the other doors must say if they refuse for the same reason. */
  get sameAtOtherDoors(): { reason: string; told: string }[] {
    const { code, message } = this.refusal;
    const anyName = message.replace('"threadId" must be the name of a thread', '"id" must be a name');
    return [
      { reason: code, told: anyName },
      { reason: code, told: message },
    ];
  }

  /** The kinds whose gate lets this name in; other gates must say that its kind is the wrong one. */
  gatesThatLetIn(name: unknown): IdKind[] {
    return ID_KINDS.filter((kind) => {
      const read = readId(kind, name);
      if (!read.ok && read.error.code !== 'id_wrong_kind') throw read.error;
      return read.ok && read.value === name;
    });
  }

  /** What the gates of all other kinds say of this name, without repeating themselves. */
  toldByOthers(name: unknown, kind: IdKind): string[] {
    const told = ID_KINDS.filter((other) => other !== kind).map((other) => readId(other, name));
    return [...new Set(told.map((read) => (read.ok ? 'welcome' : (read.error.message.split('; ')[1] ?? ''))))];
  }

  passes(name: Id, kind: IdKind): boolean {
    const described = describeId(name, this.clock);
    return idSchema(kind).safeParse(name).data === name && described.ok && described.value.kind === kind;
  }

  refuseLongAndShort(): void {
    const long = 'thread_'.padEnd(10_000_000, '0');
    const short = 'thread_'.padEnd(40, '0');
    const rounds = Array.from({ length: 20 }, () => ({ long: timeToRefuse(long), short: timeToRefuse(short) }));
    this.times = {
      long: Math.min(...rounds.map((round) => round.long)),
      short: Math.min(...rounds.map((round) => round.short)),
    };
  }

  async writeAndReadBack(uuidsOfEachKind: number, arbitraryThings: number): Promise<void> {
    const fc = await import('fast-check');
    for (const kind of ID_KINDS) {
      for (let i = 0; i < uuidsOfEachKind; i++) {
        const uuid = properUuid(systemRandom.bytes(16), (i % 8) + 1);
        const name = migrateUuid(kind, uuid);
        const back = name.ok ? readId(kind, name.value) : name;
        if (!back.ok || back.value !== `${kind}_${suffixOf(uuid)}` || uuidOf(back.value) !== uuid)
          this.misread.push(uuid);
      }
    }
    for (const thing of fc.sample(fc.anything(), arbitraryThings)) {
      const read = readId('thread', thing);
      const typed = !read.ok && read.error instanceof IdError && ID_CODES.includes(read.error.code);
      if (!typed) this.strange.push(fc.stringify(thing));
    }
  }

  lookUp(kind: IdKind): void {
    const { type, pattern } = z.toJSONSchema(idSchema(kind));
    this.description = { type, pattern };
  }

  /** The authors' prefix is replaced by one of our kinds, so that what stands behind it is judged. */
  readExamples(which: 'valid' | 'invalid'): void {
    const refused: Record<string, number> = {};
    let taken = 0;
    const examples = which === 'valid' ? VALID_EXAMPLES : INVALID_EXAMPLES.map((typeid) => ({ typeid, uuid: '' }));
    for (const { typeid, uuid } of examples) {
      const ours = which === 'valid' ? `thread_${typeid.slice(-26)}` : typeid.replace('prefix', 'thread');
      const read = readId('thread', ours);
      if (!read.ok) refused[read.error.code] = (refused[read.error.code] ?? 0) + 1;
      else if (uuidOf(read.value) === uuid) taken += 1;
    }
    const counts = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
    this.examples = { taken, refused: counts.sort().join(', ') };
  }
}

function timeToRefuse(text: string): number {
  const began = performance.now();
  for (let i = 0; i < 25; i++) {
    const read = readId('thread', text);
    if (read.ok || read.error.code !== 'id_wrong_length') throw new Error('was not refused for its length');
  }
  return performance.now() - began;
}
