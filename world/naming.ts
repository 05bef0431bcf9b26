import type { Id, IdFacts, IdKind, Lineage } from '../ssot/id-manager';
import { complaintsAbout } from './naming-compiler';
import { NamesInContract } from './naming-contract';
import { Converting } from './naming-converting';
import { Giving } from './naming-giving';
import { Keys } from './naming-keys';
import { Moving } from './naming-moving';
import { uuidBehind } from './naming-reference';
import { Reading } from './naming-reading';
import { Storing } from './naming-storing';
import type { RevenueWorld } from './revenue-world';

export type { IdKind };
/** What a scenario's names need of its World. Read when it is needed: the World is still being made. */
export type NamingHost = Pick<RevenueWorld, 'clock' | 'connections' | 'own' | 'operator'>;

/** Everything a scenario does with names: giving, reading, combining, converting. */
export class Naming {
  readonly giving: Giving;
  readonly reading: Reading;
  readonly keys = new Keys();
  readonly converting = new Converting();
  looked: { facts: IdFacts; counted: readonly string[] } | null = null;
  /** The name a scenario is about, and the moment it was given at, which a converted one has not. */
  subject: { name: Id; kind: IdKind; moment: Date | null } | null = null;
  lineage: { given: Partial<Lineage>; got: Lineage } | null = null;

  complaints: readonly number[] = [];
  readonly complaintsAbout = complaintsAbout;

  readonly moving: Moving;
  readonly storing: Storing;
  readonly contract: NamesInContract;

  constructor(private readonly world: NamingHost) {
    this.giving = new Giving(world.clock);
    this.reading = new Reading(world.clock);
    this.moving = new Moving(world);
    this.storing = new Storing(world);
    this.contract = new NamesInContract(world);
  }

  /** A name given at another time than now. */
  givenAt(moment: number): void {
    const now = this.world.clock.now();
    this.world.clock.set(moment);
    this.subject = { name: this.giving.source.next('thread'), kind: 'thread', moment: new Date(moment) };
    this.world.clock.set(now);
  }

  nameNow(): void {
    this.givenAt(this.world.clock.now());
    this.lookAtSubject();
  }

  convertedFromRandom(): void {
    this.converting.convertRandom(1);
    this.subject = { name: this.converting.converted[0]?.name as Id, kind: 'thread', moment: null };
  }

  lookAtSubject(): void {
    const { facts, counted } = this.giving.describe(this.subject?.name);
    if (!facts.ok) throw facts.error;
    this.looked = { facts: facts.value, counted };
  }

  get gatesOfSubject(): { gates: IdKind[]; form: boolean } {
    const { name, kind } = this.subject as NonNullable<Naming['subject']>;
    return { gates: this.reading.gatesThatLetIn(name), form: this.reading.passes(name, kind) };
  }

  /** What the subject must say of itself, from the public standards alone. */
  get expectedFacts(): object {
    const { name, kind, moment } = this.subject as NonNullable<Naming['subject']>;
    const origin = moment === null ? 'migrated' : 'issued';
    return { id: name, kind, uuid: uuidBehind(name), origin, issuedAt: moment };
  }

  requestComesWith(known: readonly ('thread' | 'run')[]): void {
    const { threadId, runId } = this.giving.source.lineage();
    const given = { ...(known.includes('thread') ? { threadId } : {}), ...(known.includes('run') ? { runId } : {}) };
    const from = given.threadId === undefined ? undefined : { ...given, threadId: given.threadId };
    this.lineage = { given, got: this.giving.source.lineage(from) };
  }

  /** Which of the three names were handed on and which are new and of the right kind. */
  get sorted(): { kept: string[]; fresh: string[] } {
    const { given, got } = this.lineage as NonNullable<Naming['lineage']>;
    const all = [
      { word: 'thread', prefix: 'thread_', name: got.threadId, old: given.threadId },
      { word: 'run', prefix: 'run_', name: got.runId, old: given.runId },
      { word: 'request', prefix: 'req_', name: got.requestId, old: given.requestId },
    ];
    return {
      kept: all.filter(({ name, old }) => name === old).map(({ word }) => word),
      fresh: all.filter(({ name, old, prefix }) => name !== old && name.startsWith(prefix)).map(({ word }) => word),
    };
  }
}
