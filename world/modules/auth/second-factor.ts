import { TOTP, URI } from 'otpauth';
import type { Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

interface Answered extends Partial<Problem> {
  readonly pending?: string;
  readonly accessToken?: string;
  readonly retryAfterMs?: number;
}

const NEXT_MS = 30_000;

/** People's authenticator apps and backup codes. The app is `otpauth`'s own, which is told what any app is told. */
export class SecondFactors {
  outcomes: readonly string[] = [];
  waitMs = 0;
  #pending = '';
  #backupCodes: readonly string[] = [];
  #app: TOTP | null = null;

  async begin(person: Person): Promise<void> {
    const { uri } = await (await person.http()).require<{ uri: string }>('post', '/v1/me/second-factor');
    const app = URI.parse(uri);
    if (!(app instanceof TOTP)) throw new Error('an app was told something else than a time-based code');
    this.#app = app;
  }

  /** Confirmed with the present code, so that the next one, which counts already, is the first to be used. */
  async setUp(person: Person): Promise<void> {
    await this.begin(person);
    const http = await person.http();
    const code = this.#code();
    const path = '/v1/me/second-factor/confirmation';
    this.#backupCodes = (await http.require<{ backupCodes: string[] }>('put', path, { code })).backupCodes;
  }

  async showPassword(person: Person): Promise<void> {
    this.#pending = await this.#signInOf(person);
  }

  /** What a call, and a renewal, with what was given after the password is answered. */
  async tryPending(person: Person): Promise<readonly string[]> {
    const call = await (await person.client(this.#pending)).send<Answered>('get', '/v1/me');
    const body = { refreshToken: this.#pending, device: 'laptop' };
    const renewal = await (await person.client()).send<Answered>('post', '/v1/sign-in/renew', body);
    return [String(call.body.code), String(renewal.body.code)];
  }

  async showCode(person: Person): Promise<string> {
    return this.#show(person, this.#pending, this.#code(NEXT_MS));
  }

  async guess(person: Person, perSignIn: number, signIns: number): Promise<void> {
    const outcomes: string[] = [];
    for (let i = 0; i < signIns; i++) {
      const pending = await this.#signInOf(person);
      for (let n = 0; n < perSignIn; n++) outcomes.push(await this.#show(person, pending, this.#wrongCode()));
    }
    outcomes.push(await this.#show(person, await this.#signInOf(person), this.#code(NEXT_MS)));
    this.outcomes = outcomes;
  }

  async twice(person: Person, what: 'app' | 'backup', how: 'at once' | 'one after the other'): Promise<void> {
    const code = what === 'app' ? this.#code(NEXT_MS) : String(this.#backupCodes[0]);
    const [one, other] = [await this.#signInOf(person), await this.#signInOf(person)];
    const first = this.#show(person, one, code);
    if (how === 'one after the other') await first;
    this.outcomes = await Promise.all([first, this.#show(person, other, code)]);
  }

  async remove(by: Person, person: Person): Promise<void> {
    await (await by.http()).require('delete', `/v1/people/${await person.register()}/second-factor`);
  }

  /** One that is wrong, and one that counts. */
  codes(): readonly [wrong: string, right: string] {
    return [this.#wrongCode(), this.#code(NEXT_MS)];
  }

  async #signInOf(person: Person): Promise<string> {
    const { email, password } = person;
    const body = { email, password, device: 'laptop' };
    const { status, body: answer } = await (await person.client()).send<Answered>('post', '/v1/sign-in', body);
    if (status !== 202 || answer.pending === undefined || answer.accessToken !== undefined) {
      throw new Error(`the password alone was answered with ${status}`);
    }
    return answer.pending;
  }

  /** `let in`, or why not. */
  async #show(person: Person, pending: string, code: string): Promise<string> {
    const door = await person.client();
    const answer = await door.send<Answered>('post', '/v1/sign-in/second-factor', { pending, code, device: 'laptop' });
    this.waitMs = answer.body.retryAfterMs ?? 0;
    return answer.status === 200 ? 'let in' : String(answer.body.code);
  }

  #code(fromNow = 0): string {
    if (this.#app === null) throw new Error('nobody has set up a second factor yet');
    return this.#app.generate({ timestamp: Date.now() + fromNow });
  }

  /** None of those that may count around now. */
  #wrongCode(): string {
    const right = [-60_000, -30_000, 0, 30_000, 60_000].map((away) => this.#code(away));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !right.includes(code)) ?? '';
  }
}
