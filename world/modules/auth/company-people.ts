import type { Role } from '../../../ssot/auth';
import type { HttpClient, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';

export type { Role };

interface Listed {
  readonly userId: string;
  readonly name: string;
  readonly role: Role;
}

const NEW_PASSWORD = 'a new password that is long enough';
/** Nobody of the cast: whom an administrator brings in. */
const COLLEAGUE = { name: 'Cleo', password: 'the first password of a colleague' };

/** People of a company as its own administrators manage them. */
export class CompanyPeople {
  /** Why the latest attempt was refused; `done` if it was not. */
  outcome = '';
  /** The reason in words, of one's own password. */
  told = '';
  outcomes: readonly string[] = [];
  /** The password of whoever was given another one. */
  former = '';
  #before: readonly Listed[] = [];
  #email = '';

  async setRole(by: Person, who: Person, role: Role): Promise<void> {
    await this.#try(by, async (http) => http.send('put', `/v1/people/${await who.register()}/role`, { role }));
  }

  async remove(by: Person, who: Person): Promise<void> {
    await this.#try(by, async (http) => http.send('delete', `/v1/people/${await who.register()}`));
  }

  async givePassword(by: Person, who: Person): Promise<void> {
    await this.#try(by, async (http) => {
      const path = `/v1/people/${await who.register()}/password`;
      return http.send('put', path, { password: NEW_PASSWORD });
    });
    this.former = who.password;
    if (this.outcome === 'done') who.password = NEW_PASSWORD;
  }

  async addColleague(by: Person, role: Role = 'member'): Promise<void> {
    this.#email = `cleo@${by.tenant.suffix}.example`;
    await this.#try(by, (http) => http.send('post', '/v1/people', { ...COLLEAGUE, email: this.#email, role }));
  }

  async signInAsColleague(of: Person): Promise<void> {
    const { password } = COLLEAGUE;
    await (await of.client()).require('post', '/v1/sign-in', { email: this.#email, password, device: 'laptop' });
  }

  async changeOwnPassword(
    person: Person,
    device: string,
    { present: presentPassword = person.password, next: password = NEW_PASSWORD } = {},
  ): Promise<void> {
    const door = await person.client(person.session(device).pair.accessToken);
    const body = { presentPassword, password };
    const { status, body: answer } = await door.send<Partial<Problem>>('put', '/v1/me/password', body);
    this.outcome = status < 300 ? 'done' : String(answer.code);
    this.told = answer.detail ?? '';
    if (this.outcome === 'done') person.password = password;
  }

  async guessPresentPassword(person: Person, device: string, times: number): Promise<void> {
    const outcomes: string[] = [];
    for (let i = 0; i < times; i++) {
      await this.changeOwnPassword(person, device, { present: `a guess that is long enough, no ${i}` });
      outcomes.push(this.outcome);
    }
    this.outcomes = outcomes;
  }

  async removeEachOther(one: Person, other: Person): Promise<void> {
    const [oneId, otherId] = [await one.register(), await other.register()];
    const [byOne, byOther] = [await one.http(), await other.http()];
    const answers = await Promise.all([
      byOne.send('delete', `/v1/people/${otherId}`),
      byOther.send('delete', `/v1/people/${oneId}`),
    ]);
    this.outcomes = answers.map(({ status }) => String(status));
  }

  /** Which of the two was answered first stands first. */
  async besides(attempt: Promise<unknown>, other: Promise<unknown>): Promise<void> {
    const answered: string[] = [];
    await Promise.all([attempt.then(() => answered.push('the attempt')), other.then(() => answered.push('the other'))]);
    this.outcomes = answered;
  }

  /** Name and role of everybody, as one of them is told. */
  async list(by: Person): Promise<readonly Listed[]> {
    return (await (await by.http()).require<{ people: Listed[] }>('get', '/v1/people')).people;
  }

  async remember(by: Person): Promise<void> {
    this.#before = await this.list(by);
  }

  get before(): readonly Listed[] {
    return this.#before;
  }

  /** As they are told, and as they find when they try to; both must say the same. */
  async mayManagePeople(person: Person, url?: string): Promise<boolean> {
    const http = await person.http(url);
    const { permissions } = await http.require<{ permissions: string[] }>('get', '/v1/me');
    const { status } = await http.send('get', '/v1/people');
    const isTold = permissions.includes('people:manage');
    if (isTold !== (status === 200)) throw new Error(`told ${isTold ? '' : 'not '}to be allowed, answered ${status}`);
    return isTold;
  }

  async #try(by: Person, attempt: (http: HttpClient) => Promise<{ status: number; body: unknown }>): Promise<void> {
    const { status, body } = await attempt(await by.http());
    this.outcome = status < 300 ? 'done' : (body as Problem).code;
  }
}
