import type { Appended, EventDraft, EventId } from '../ssot/kernel';
import type { Delivery } from './delivery';
import { RunInWords } from './delivery-words';
import type { PersonName } from './personas';

/** Agents who tell their runs into one thread: at once, again, in work that is undone. */
export class Telling {
  answered: Appended | null = null;
  /** What a device had been shown while the telling work was still under way, and how its announcement was promised. */
  duringWork: { shown: readonly number[]; announced: string } | null = null;
  /** The story as the rules want it stored, from what was handed in. */
  expected: readonly object[] = [];
  #orders: readonly (readonly EventId[])[] = [];

  constructor(
    private readonly delivery: Delivery,
    private readonly now: () => number,
    private readonly names: ConstructorParameters<typeof RunInWords>[0],
  ) {}

  async endTwice(name: PersonName): Promise<void> {
    const { run } = this.delivery;
    await Promise.all([
      this.delivery.append(name, run.all('the report'), 0),
      this.delivery.append(name, run.all('a cancellation'), 1),
    ]);
  }

  /** Every event by itself, so that the runs take turns. */
  async atOnce(name: PersonName, runs: number, each: number): Promise<void> {
    const stories = Array.from({ length: runs }, () => {
      const run = new RunInWords(this.names);
      return run.all(['the question', 'the start', ...Array<string>(each - 2).fill('a thought')].join(', '));
    });
    this.#orders = stories.map((story) => story.map(({ id }) => id));
    await Promise.all(
      stories.map(async (story) => {
        for (const draft of story) await this.delivery.append(name, [draft]);
      }),
    );
  }

  /** For each run, whether its events are stored in the order they were told. */
  async inOrder(name: PersonName): Promise<readonly boolean[]> {
    const stored = (await this.delivery.stored(name)).map(({ id }) => id);
    return this.#orders.map((order) => {
      const found = stored.filter((id) => order.includes(id));
      return found.length === order.length && found.every((id, place) => id === order[place]);
    });
  }

  async andUndo(name: PersonName): Promise<void> {
    const undone = new Error('undone on purpose');
    const work = this.#work(name, this.delivery.run.all('the question'), () => Promise.reject(undone));
    await work.catch((failure: unknown) => {
      if (failure !== undone) throw failure;
    });
    this.delivery.startAnotherRun();
    await this.delivery.db.settled();
  }

  async withinWork(name: PersonName, device: string): Promise<void> {
    await this.#work(name, this.delivery.run.all('the question'), async ({ announced }) => {
      this.duringWork = { shown: this.delivery.shown(name, device), announced };
    });
    await this.delivery.db.settled();
  }

  async again(name: PersonName): Promise<void> {
    const drafts = this.delivery.run.all('the question, the start, a thought');
    await this.delivery.append(name, drafts.slice(0, 2));
    this.answered = await this.delivery.append(name, drafts);
  }

  async thoughtAgain(name: PersonName): Promise<void> {
    const drafts = this.delivery.run.all('the question, the start, a thought');
    await this.delivery.append(name, drafts);
    this.answered = await this.delivery.append(name, drafts.slice(2));
  }

  async remembered(name: PersonName, words: string): Promise<void> {
    const drafts = this.delivery.run.all(words).map((draft) => ({ ...draft, agent: 'data' as const }));
    const threadId = this.delivery.thread();
    const at = new Date(this.now()).toISOString();
    this.expected = drafts.map((draft, place) => ({ v: 1, seq: place + 1, threadId, at, ...draft }));
    await this.delivery.append(name, drafts);
  }

  #work(name: PersonName, drafts: readonly EventDraft[], then: (told: Appended) => Promise<void>): Promise<void> {
    const context = this.delivery.contextOf(name);
    return this.delivery.db.transaction(context, async (tx) =>
      then(await this.delivery.instance().log.append(context, this.delivery.thread(), drafts, tx)),
    );
  }
}
