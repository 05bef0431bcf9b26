import { createHash } from 'node:crypto';
import type { Connections } from '../../stores/connections';
import { eventually } from '../../eventually';
import type { Answer, HttpClient, Problem } from '../../clients/http-client';
import { OwnTables } from '../../stores/own-tables';
import type { Operations } from '../../operations/operations';
import type { Instance } from '../../operations/instance';
import type { Person } from '../../actors/person';
import { Backup } from './backup';
import { Everywhere } from './everywhere';

interface Host {
  readonly connections: Connections;
  readonly operations: Operations;
  own<T extends AsyncDisposable>(thing: T): T;
  moveTo(instance: Instance): void;
  operator(): Promise<HttpClient>;
}
interface Erasure {
  readonly state: 'held' | 'erasing' | 'done';
}
type Rest = Readonly<Record<string, string>>;

/** What an export holds, as a program reads it that somebody's file was given to. */
export interface ReadExport {
  readonly places: readonly string[];
  readonly text: string;
  /** The manifest is there, and counts and proves what stands before it. */
  readonly isProven: boolean;
}

/** What people ask to become of data, and what is there then: in every store, whoever looks. */
export class DataRequests {
  /** Why the latest request was refused, or how it stands. */
  outcome = '';
  #tables: OwnTables | undefined;
  #asked: Person | undefined;
  #beside: Instance | undefined;
  #backup: Backup | undefined;
  #export = '';
  readonly #marks = new Map<Person, readonly string[]>();
  /** What the company had in all stores when it was asked: everything, and what was not the person's. */
  #before: { readonly all: Rest; readonly others: Rest } = { all: {}, others: {} };

  constructor(private readonly host: Host) {}

  /** An instance on tables of the scenario's own, which can be searched without anybody waiting. */
  async begin(): Promise<void> {
    this.#tables = this.host.own(await OwnTables.create(this.host.connections.rows()));
    await this.host.operations.serveOn(this.#tables.variables);
    this.host.moveTo(this.host.operations.serving());
  }

  async beginOfTwo(): Promise<void> {
    await this.begin();
    this.#beside = await this.host.operations.startInstance(this.#tables?.variables);
  }

  /** From here on everybody meets the other one. */
  killAsked(): void {
    if (this.#beside === undefined) throw new Error('there is no second instance');
    this.host.operations.serving().signal('SIGKILL');
    this.host.moveTo(this.#beside);
  }

  async forget(by: Person, who: Person): Promise<void> {
    this.#asked = who;
    await this.#noteMarks(who);
    // Whoever asks is there before what is there is noted.
    await by.http();
    if (this.#tables !== undefined) {
      this.#before = { all: await this.#rest(who), others: await this.#rest(who, who) };
      if ((await this.placesNaming(who)).length === 0) throw new Error(`nothing of ${who.name} is found beforehand`);
    }
    await this.#ask(by, 'post', `${await personPath(who)}/erasure`);
  }

  /** Of the scenario's tables, as they are now. */
  async backUp(): Promise<void> {
    const schema = this.#tables?.schema ?? 'public';
    this.#backup = this.host.own(await Backup.make(this.host.connections.rows(), schema));
  }

  /** As whoever runs the platform does it: no instance is there meanwhile. Everybody meets the new one from its first moment on. */
  async restore(): Promise<void> {
    const { operations } = this.host;
    operations.serving().signal('SIGKILL');
    await operations.serving().ended();
    await this.#backup?.restore();
    await operations.serveOn(this.#tables?.variables ?? {});
    this.host.moveTo(operations.serving());
  }

  async forgetCompany(by: Person, companyName: string = by.tenant.name): Promise<void> {
    await this.#ask(by, 'post', '/v1/company/erasure', { companyName });
  }

  async hold(by: Person, who: Person, reason: string): Promise<void> {
    await this.#ask(by, 'put', `${await personPath(who)}/hold`, { reason });
    if (this.outcome !== 'done') throw new Error(`the hold was refused: ${this.outcome}`);
  }

  async lift(by: Person, who: Person): Promise<void> {
    await this.#ask(by, 'delete', `${await personPath(who)}/hold`);
  }

  async takeAlong(by: Person, who: Person | 'the company'): Promise<void> {
    const path = who === 'the company' ? '/v1/company' : await personPath(who);
    const { status, body } = await this.#ask(by, 'get', `${path}/export`);
    this.#export = status < 300 ? String(body) : '';
  }

  async deleteThread(person: Person, title: string): Promise<void> {
    await this.#ask(person, 'delete', `/v1/threads/${person.thread(title)}`);
  }

  /** How the latest erasure stands, as an administrator is told. */
  async stateOf(by: Person): Promise<Erasure['state']> {
    if (this.#asked === undefined) throw new Error('nobody was to be forgotten');
    const http = await by.http();
    return (await http.require<Erasure>('get', `${await personPath(this.#asked)}/erasure`)).state;
  }

  done(by: Person, limitMs: number): Promise<void> {
    return eventually(async () => {
      const state = await this.stateOf(by);
      if (state !== 'done') throw new Error(`it is ${state}`);
    }, limitMs);
  }

  /** Until operators read that it is done; nobody of the company can. */
  async companyDone(person: Person, limitMs: number): Promise<void> {
    const operator = await this.host.operator();
    const path = `/v1/operations/tenants/${await person.tenant.id()}/erasures`;
    await eventually(async () => {
      const { erasures } = await operator.require<{ erasures: readonly Erasure[] }>('get', path);
      if (erasures[0]?.state !== 'done') throw new Error(`it is ${erasures[0]?.state}`);
    }, limitMs);
  }

  /** Places of the stores that still name somebody. */
  placesNaming(person: Person): Promise<readonly string[]> {
    return this.#everywhere().naming(this.#marks.get(person) ?? []);
  }

  /** The same of somebody's whole company. */
  async placesNamingCompanyOf(person: Person): Promise<readonly string[]> {
    await this.#noteMarks(person);
    return this.#everywhere().naming([await person.tenant.id(), ...(this.#marks.get(person) ?? [])], 'company');
  }

  /** Where a company has anything else than before: all of it, or of a colleague's what was not the person's. */
  async changedOf(person: Person): Promise<readonly string[]> {
    const isAll = person === this.#asked;
    const before = isAll ? this.#before.all : this.#before.others;
    const now = await this.#rest(person, isAll ? undefined : this.#asked);
    return Object.keys(now).filter((place) => now[place] !== before[place]);
  }

  /** What somebody is told who signs in anew. */
  async signInOf(person: Person): Promise<string> {
    const proof = { email: person.email, password: person.password, device: 'laptop' };
    const { body } = await (await person.client()).send<Partial<Problem>>('post', '/v1/sign-in', proof);
    return body.code ?? 'signed in';
  }

  get taken(): ReadExport {
    const lines = this.#export.split('\n').filter((line) => line !== '');
    const last = JSON.parse(lines.at(-1) ?? '{}') as { manifest?: { records: Record<string, number>; sha256: string } };
    const proven = lines.slice(0, -1);
    const digest = createHash('sha256')
      .update(proven.map((line) => `${line}\n`).join(''))
      .digest('hex');
    const places = proven.flatMap((line) => (JSON.parse(line) as { place?: string }).place ?? []);
    const counted = Object.values(last.manifest?.records ?? {}).reduce((sum, count) => sum + count, 0);
    const isProven = last.manifest?.sha256 === digest && counted === places.length;
    return { places: [...new Set(places)], text: proven.join('\n'), isProven };
  }

  async #ask(by: Person, method: 'get' | 'post' | 'put' | 'delete', path: string, body?: object): Promise<Answer> {
    const answer = await (await by.http()).send<Partial<Problem & Erasure>>(method, path, body);
    this.outcome = answer.body?.code ?? answer.body?.state ?? 'done';
    return answer;
  }

  async #rest(of: Person, without?: Person): Promise<Rest> {
    const texts = without === undefined ? [] : (this.#marks.get(without) ?? []);
    return this.#everywhere().restOf(await of.tenant.id(), texts);
  }

  /** What is theirs alone: ids, e-mail, titles and what they have asked. */
  async #noteMarks(person: Person): Promise<void> {
    const { sessionId } = await person.signIn();
    const texts = [
      await person.register(),
      sessionId,
      person.email,
      ...person.threads.keys(),
      ...person.threads.values(),
    ];
    this.#marks.set(person, [...texts, ...(person.latestRun === null ? [] : [person.latestRun])]);
  }

  #everywhere(): Everywhere {
    return new Everywhere(this.host.connections, this.#tables?.schema);
  }
}

async function personPath(person: Person): Promise<string> {
  return `/v1/people/${await person.register()}`;
}
