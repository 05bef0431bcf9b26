import { randomBytes } from 'node:crypto';
import type { RunId, ThreadId } from '../../../ssot/kernel';
import type { Evidence } from '../../evidence';
import { eventually } from '../../eventually';
import { HttpClient } from '../../clients/http-client';
import { Network } from '../../actors/network';
import type { Operations } from '../../operations/operations';
import type { Person } from '../../actors/person';
import type { Tenant } from '../../actors/tenant';

interface BusyCompanyHost {
  readonly evidence: Evidence;
  readonly operations: Pick<Operations, 'serving'>;
  operator(): Promise<HttpClient>;
}
type Accepted = { readonly runId: RunId };
type Run = { readonly state: string; readonly endedAt: string | null };

/** Somebody of the company, with their questions. */
interface Asker {
  readonly http: HttpClient;
  readonly runs: RunId[];
}

/** What a person has at work at once, each in a thread of its own. */
const THREADS = 3;
const ANSWER_MS = 25_000;

/** A company of which many people ask many questions at once. */
export class BusyCompany {
  #askers: readonly Asker[] = [];

  constructor(private readonly world: BusyCompanyHost) {}

  /** So many new people of the company, each with so many questions in three threads; resolves when all of them stand in the queue. */
  async ask(company: Tenant, people: number, questions: number): Promise<void> {
    this.#askers = await Promise.all(Array.from({ length: people }, () => this.#join(company)));
    await Promise.all(this.#askers.map((asker) => this.#askMany(asker, questions)));
  }

  /** How many of the company's questions were answered before somebody else's latest, once that is. */
  async answeredBefore(person: Person): Promise<number> {
    const { url } = this.world.operations.serving();
    const http = await person.http(url);
    const runOf = (by: HttpClient, id: RunId | null): Promise<Run> => by.require<Run>('get', `/v1/runs/${id}`);
    const ended = await eventually(async () => {
      const { state, endedAt } = await runOf(http, person.latestRun);
      if (state !== 'completed' || endedAt === null) throw new Error(`the question of ${person.name} is ${state}`);
      return endedAt;
    }, ANSWER_MS);
    const runs = await Promise.all(this.#askers.flatMap(({ http: by, runs: ids }) => ids.map((id) => runOf(by, id))));
    // One that was given up, because the history was silent for too long, was not answered.
    return runs.filter(({ state, endedAt }) => state === 'completed' && (endedAt ?? '') < ended).length;
  }

  async #join(company: Tenant): Promise<Asker> {
    const { url } = this.world.operations.serving();
    const name = Network.name();
    const person = { email: `${name}@busy.example`, password: randomBytes(18).toString('base64url') };
    const path = `/v1/operations/tenants/${await company.id()}/people`;
    await (await this.world.operator()).require('post', path, { ...person, name: 'Somebody', role: 'member' });
    const from = new Network().address();
    const door = new HttpClient(url, 'somebody', this.world.evidence, undefined, from);
    const signedIn = await door.require<{ accessToken: string }>('post', '/v1/sign-in', {
      ...person,
      device: 'laptop',
    });
    return { http: new HttpClient(url, 'somebody', this.world.evidence, signedIn.accessToken, from), runs: [] };
  }

  async #askMany({ http, runs }: Asker, questions: number): Promise<void> {
    const threads = await Promise.all(
      Array.from({ length: THREADS }, () =>
        http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title: 'Spend' }),
      ),
    );
    for (let i = 0; i < questions; i += 1) {
      const sent = { clientMessageId: `question-${i}`, text: 'Where does our money go?' };
      const path = `/v1/threads/${threads[i % THREADS]?.threadId}/messages`;
      runs.push((await http.require<Accepted>('post', path, sent)).runId);
    }
  }
}
