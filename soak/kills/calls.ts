import { randomUUID } from 'node:crypto';
import { pause, systemClock } from '../../ssot/kernel';
import type { Service } from '../../support/services/contract';
import { unrecorded } from '../people/unrecorded';
import { HttpClient, type Answer, type Problem } from '../../world/clients/http-client';
import type { Person } from '../people/people';
import type { Sample } from './requests';

export interface Call {
  readonly what: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** PostgreSQL is needed by every request. */
  readonly needs?: readonly Service[];
}

/** `open`: whether it was done is not known, and may be asked again. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly body: T }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'open'; readonly why: string };

const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 2_000;

/** The calls of one person through the front door. What is asked again carries the same key, as the contract asks. */
export class Calls {
  #client: HttpClient;

  constructor(
    private readonly person: Person,
    private readonly url: string,
    private readonly samples: Sample[],
    /** From then on nothing is asked again. */
    private readonly giveUp: AbortSignal,
  ) {
    this.#client = this.#signedIn();
  }

  /** Once. */
  async attempt<T>({ what, method, path, body, headers, needs = [] }: Call): Promise<Outcome<T>> {
    const from = performance.now();
    const outcome = await this.#client.send<T & Partial<Problem>>(method, path, body, headers).then(outcomeOf<T>, lost);
    const failure = outcome.kind === 'open' ? outcome.why : null;
    this.samples.push({ what, needs: ['postgres', ...needs], from, to: performance.now(), failure });
    return outcome;
  }

  /** Until it is known whether it is done. The front door, too, may ask again what carries a key. */
  async insist<T>(call: Call): Promise<Outcome<T>> {
    const keyed = { ...call, headers: { 'idempotency-key': randomUUID(), ...call.headers } };
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      const outcome = await this.attempt<T>(keyed);
      if (outcome.kind !== 'open' || this.giveUp.aborted) return outcome;
      await pause(systemClock, wait);
    }
  }

  async signInAgain(): Promise<void> {
    const { email, password } = this.person;
    const body = { email, password, device: 'soak' };
    const outcome = await this.insist<{ accessToken: string }>({
      ...{ what: 'sign in', method: 'post', path: '/v1/sign-in', body },
    });
    if (outcome.kind !== 'done') throw new Error(`${email} could not sign in again: ${outcome.why}`);
    this.person.accessToken = outcome.body.accessToken;
    this.#client = this.#signedIn();
  }

  #signedIn(): HttpClient {
    return new HttpClient(this.url, this.person.email, unrecorded, this.person.accessToken);
  }
}

function outcomeOf<T>({ status, body }: Answer<T & Partial<Problem>>): Outcome<T> {
  if (status < 300) return { kind: 'done', body };
  const why = `${status} ${body.code ?? ''}`.trim();
  // Too many is refused for now; what the platform or its stores could not do is not refused at all.
  return status >= 500 || status === 429 ? { kind: 'open', why } : { kind: 'refused', why };
}

function lost(error: unknown): Outcome<never> {
  return { kind: 'open', why: (error as { code?: string }).code ?? String(error) };
}
