import { HttpClient, type Answer, type Problem } from '../../clients/http-client';
import { Network } from '../../actors/network';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf } from '../../settings';

type Refusal = Problem & { readonly retryAfterMs?: number };
type GuessingWorld = Pick<RevenueWorld, 'evidence' | 'platformUrl' | 'operationsUrl'>;

/** Somebody who tries what they do not know, from one network, and what each try was answered. */
export class Guesses {
  #answers: readonly Answer<Refusal>[] = [];
  #network = new Network();

  constructor(private readonly world: GuessingWorld) {}

  /** Wrong passwords of one person, all at once, spread over these instances. */
  async passwordOf({ email }: Person, count: number, urls: readonly string[] = []): Promise<void> {
    await this.#try(count, urls, (client) => client.send('post', '/v1/sign-in', guess(email)));
  }

  /** One password for so many people, one after the other, each from another address of the network. */
  async manyPeople(count: number): Promise<void> {
    const name = Network.name();
    const url = await this.world.platformUrl();
    const answers: Answer<Refusal>[] = [];
    for (let i = 0; i < count; i++) {
      answers.push(await this.#client(url, i).send('post', '/v1/sign-in', guess(`${i}.${name}@nowhere.example`)));
    }
    this.#answers = answers;
  }

  async operatorKeys(count: number): Promise<void> {
    const keys = Array.from({ length: count }, (_, i) => `guess-${i}`);
    const urls = [await this.world.operationsUrl()];
    await this.#try(count, urls, (_, i, url) => this.#client(url, i, keys[i]).send('get', '/v1/operations/instance'));
  }

  /** The status that the right key is answered with, from the same network. */
  async rightOperatorKey(): Promise<number> {
    const client = this.#client(await this.world.operationsUrl(), 0, addressOf('SPEC_OPERATOR_KEY'));
    return (await client.send('get', '/v1/operations/instance')).status;
  }

  async tokens(count: number): Promise<void> {
    await this.#try(count, [], (_, i, url) => this.#client(url, i, `a.forged.token-${i}`).send('get', '/v1/me'));
  }

  async renewals(count: number): Promise<void> {
    const junk = { refreshToken: 'R'.repeat(43), device: 'laptop' };
    await this.#try(count, [], (client) => client.send('post', '/v1/sign-in/renew', junk));
  }

  /** From now on they come from where this person is. */
  moveTo(person: Person): void {
    this.#network = person.network;
  }

  /** How many were told this sentence. */
  told(sentence: string): number {
    return this.#answers.filter(({ body }) => body.detail === sentence).length;
  }

  /** Of those who were told to wait, how long, in milliseconds. */
  get waits(): readonly number[] {
    const limited = this.#answers.filter(({ status, body }) => status === 429 && body.code === 'rate_limited');
    return limited.map(({ body, headers }) => {
      const waitMs = body.retryAfterMs ?? Number.NaN;
      if (Number(headers['retry-after']) !== Math.ceil(waitMs / 1_000)) throw new Error('the two waits differ');
      return waitMs;
    });
  }

  async #try(
    count: number,
    urls: readonly string[],
    one: (client: HttpClient, i: number, url: string) => Promise<Answer<Refusal>>,
  ): Promise<void> {
    const all = urls.length === 0 ? [await this.world.platformUrl()] : urls;
    this.#answers = await Promise.all(
      Array.from({ length: count }, (_, i) => {
        const url = all[i % all.length] as string;
        return one(this.#client(url, i), i, url);
      }),
    );
  }

  #client(url: string, i: number, bearer?: string): HttpClient {
    return new HttpClient(url, 'somebody', this.world.evidence, bearer, this.#network.address(i + 2));
  }
}

function guess(email: string): object {
  return { email, password: 'a guess that is long enough', device: 'laptop' };
}
