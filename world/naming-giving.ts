import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createIdSource, describeId, type Id, type IdError, type IdKind, type IdSource } from '../ssot/id-manager';
import { noMetrics, silentLogger, type Metrics, type Random } from '../ssot/kernel';
import type { ControlledClock } from './controlled-clock';
import { BreakableRandom, SavedTape, type RandomTrouble } from './naming-random';
import { counterIn, uuidBehind } from './naming-reference';

/** What an instance is told about the trouble of its clock, and what operators read in its figures. */
interface Told {
  readonly messages: string[];
  readonly leads: number[];
  readonly figures: number[];
}

/** One instance of the platform as a giver of names, with a clock and a random source that can go wrong. */
export class Giving {
  names: Id[] = [];
  readonly random = new BreakableRandom();
  readonly told: Told = { messages: [], leads: [], figures: [] };
  keptBytes = 0;
  pairs: { first: Id; second: Id; between: number }[] = [];
  refused: IdError | null = null;
  #source: IdSource | null = null;
  #tape = new SavedTape();
  #copies: readonly IdSource[] = [];

  constructor(private readonly clock: ControlledClock) {}

  get source(): IdSource {
    return (this.#source ??= this.start(this.random));
  }

  start(random: Random): IdSource {
    const note = (facts: object, message: string): void => {
      this.told.messages.push(message);
      this.told.leads.push((facts as { leadMs: number }).leadMs);
    };
    return createIdSource({
      clock: this.clock,
      random,
      log: { ...silentLogger, info: note, warn: note },
      metrics: { ...noMetrics, gauge: (name, value) => void (name === 'id_lead_ms' && this.told.figures.push(value)) },
    });
  }

  restart(): void {
    this.#source = this.start(this.random);
  }

  give(count: number, kind: IdKind = 'thread'): void {
    for (let i = 0; i < count; i++) this.names.push(this.source.next(kind));
  }

  /** Names that are only looked at: strictly ascending ones contain no repeat. Measures what stays in memory. */
  giveAndForget(count: number): void {
    const { source } = this;
    const before = heapAfterCollection();
    let previous = source.next('thread');
    for (let i = 1; i < count; i++) {
      if (i % 5_000 === 0) this.clock.advance(1);
      const name = source.next('thread');
      if (name <= previous) throw new Error(`name ${i + 1} does not come after the one before it`);
      previous = name;
    }
    this.keptBytes = heapAfterCollection() - before;
  }

  /** Two machines that have read the same random bytes and given the same name: copies of one saved image. */
  saveImage(): void {
    this.#copies = [this.start(this.#tape.copy()), this.start(this.#tape.copy())];
    const given = this.#copies.map((copy) => copy.next('thread'));
    if (given[0] !== given[1]) throw new Error('the two instances are not copies of one another');
  }

  wakeBoth(): void {
    this.#tape.awake = true;
    this.clock.advance(1);
    for (const copy of this.#copies) this.names.push(copy.next('thread'));
  }

  /** One of the copies of the saved image, still asleep. */
  copy(which: 0 | 1): IdSource {
    return this.#copies[which] as IdSource;
  }

  /** The source goes bad under an instance that has given names before. */
  breakRandom(trouble: RandomTrouble): void {
    this.give(1);
    this.random.trouble = trouble;
    this.ask();
    this.ask();
  }

  /** Asks for a name in a new millisecond, for which random bytes must be fetched; keeps the refusal, if it was one. */
  ask(): void {
    this.clock.advance(1);
    this.refused = null;
    try {
      this.give(1);
    } catch (refusal) {
      this.refused = refusal as IdError;
    }
  }

  get repeats(): number {
    return this.names.length - new Set(this.names).size;
  }

  /** Position of the first name that does not come after the one before it; null when all do. */
  get disorder(): number | null {
    const at = this.names.findIndex((name, i) => i > 0 && name <= (this.names[i - 1] as Id));
    return at < 0 ? null : at;
  }

  setBack(ms: number): void {
    this.clock.set(this.clock.now() - ms);
    this.give(1_000);
  }

  goAheadAndBack(ms: number): void {
    this.clock.set(this.clock.now() + ms);
    this.give(1_000);
    this.setBack(ms);
  }

  advanceInSteps(ms: number): void {
    for (let step = 0; step < 100; step++) {
      this.clock.advance(ms);
      this.give(20);
    }
  }

  givePairs(between: number): void {
    for (let i = 0; i < 400; i++) {
      const first = this.source.next('thread');
      for (let more = 0; more < between; more++) this.source.next('run');
      this.clock.advance(1);
      this.pairs.push({ first, second: this.source.next('thread'), between });
    }
  }

  /** How often, of 100 pairs, the second name's inner number is above the first's; and how often it gives the count away. */
  get telltale(): { above: number; counted: number } {
    const steps = this.pairs.map(({ first, second, between }) => {
      const step = counterIn(uuidBehind(second)) - counterIn(uuidBehind(first));
      return { above: step > 0, counted: Math.abs(step) <= between + 1 };
    });
    const share = (of: (step: { above: boolean; counted: boolean }) => boolean): number =>
      (steps.filter(of).length / steps.length) * 100;
    return { above: share((step) => step.above), counted: share((step) => step.counted) };
  }

  describe(name: unknown): { facts: ReturnType<typeof describeId>; counted: readonly string[] } {
    const counted: string[] = [];
    const metrics: Metrics = { ...noMetrics, count: (figure, labels) => counted.push(`${figure} ${labels?.['kind']}`) };
    return { facts: describeId(name, this.clock, metrics), counted };
  }
}

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
