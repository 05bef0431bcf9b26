import { sameFigures, type Report } from '../ssot/agent-registry';
import type { Agents } from './agents';
import type { ControlledClock } from './controlled-clock';
import { ModelServer, type ModelManner } from './model-server';
import type { Person } from './person';
import { reportOf } from './story';

/** Answered by two specialists. */
const QUESTION = 'Will it rain tomorrow?';

/** Reports that a language model may put into words, and what it was asked. */
export class AgentWords {
  isSame = false;
  #server: ModelServer | null = null;

  constructor(
    private readonly agents: Agents,
    private readonly clock: ControlledClock,
    private readonly own: (server: ModelServer) => ModelServer,
  ) {}

  async bring(manner: ModelManner): Promise<void> {
    const server = this.own(await ModelServer.open());
    server.manner = manner;
    server.onRequest = () => this.agents.telling.stir();
    this.agents.model = server.client();
    this.#server = server;
  }

  get server(): ModelServer {
    if (this.#server === null) throw new Error('there is no language model in this scenario');
    return this.#server;
  }

  /** The person's questions are answered one after the other. */
  async answer(person: Pick<Person, 'name'>, times: number): Promise<void> {
    for (let i = 0; i < times; i++) {
      await this.agents.ask(person, QUESTION);
      await this.agents.answered(person, this.agents.accepted.length);
    }
  }

  async askWhileModelIsAsked(person: Pick<Person, 'name'>): Promise<void> {
    await this.agents.ask(person, QUESTION);
    await this.asked(1);
  }

  asked(times: number): Promise<true> {
    const { requests } = this.server;
    return this.agents.telling.until(() => (requests.length >= times ? true : `it was asked ${requests.length} times`));
  }

  async answerLater(person: Pick<Person, 'name'>, manner: ModelManner, ms: number, times = 1): Promise<void> {
    this.server.manner = manner;
    this.clock.advance(ms);
    await this.answer(person, times);
  }

  /** While the model is asked about one question, another one is answered. */
  async askTwice(person: Pick<Person, 'name'>, manner: ModelManner, ms: number): Promise<void> {
    const { requests } = this.server;
    this.server.manner = manner;
    this.clock.advance(ms);
    await this.agents.ask(person, QUESTION);
    await this.asked(requests.length + 1);
    await this.agents.ask(person, QUESTION, { title: 'Offsite' });
    await this.agents.answered(person, 1, 'Offsite');
  }

  /** The report of the latest question. */
  async latestReport(person: Pick<Person, 'name'>): Promise<Report> {
    const { runId } = this.agents.latest;
    const story = await this.agents.until(person, (events) =>
      events.some((event) => event.runId === runId && event.type === 'agent_completed'),
    );
    return reportOf(story.filter((event) => event.runId === runId)) as Report;
  }

  compare(text: string, wording: string): void {
    this.isSame = sameFigures({ text }, wording);
  }
}
