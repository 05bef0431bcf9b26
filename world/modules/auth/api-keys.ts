import { ChatDevice } from '../../clients/chat-device';
import { HttpClient, type Problem } from '../../clients/http-client';
import type { Evidence } from '../../evidence';
import type { Person } from '../../actors/person';
import { operationsAt } from '../isolation/published-operations';

interface ListedKey {
  readonly keyId: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string;
}
interface MadeKey extends ListedKey {
  readonly secret: string;
}

/** What a program may want, one call for each right, and what persons alone may. */
const CALLS: Readonly<Record<string, readonly [method: 'get' | 'post', path: string, body?: object]>> = {
  'list threads': ['get', '/v1/threads'],
  'open threads': ['post', '/v1/threads', { title: 'By a program' }],
  'read usage': ['get', '/v1/usage/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z'],
  'report usage': ['post', '/v1/usage', { events: [] }],
  'publish reports': ['post', '/v1/runs/run_01jt5wbs00e4csqj4k1y7d0c3g/publication'],
  'manage people': ['get', '/v1/people'],
  'manage keys': ['get', '/v1/api-keys'],
  'read the audit trail': ['get', '/v1/audit'],
  'see devices': ['get', '/v1/devices'],
  'ask who they are': ['get', '/v1/me'],
  'sign out': ['post', '/v1/sign-out'],
};

/** The addresses of the work that a key for this right is made for; a key opens nothing elsewhere. */
const WORK: Readonly<Record<string, readonly string[]>> = {
  'chat:use': ['/v1/threads', '/v1/runs', '/v1/reports'],
  'usage:read': ['/v1/usage'],
  'usage:write': ['/v1/usage'],
};

/** API keys of a company and the program that uses one. */
export class ApiKeyUse {
  readonly outcomes = new Map<string, string>();
  told: readonly string[] = [];
  #key: MadeKey | null = null;
  #line: ChatDevice | null = null;
  /** Where the program is connected, and calls from then on. */
  #url: string | undefined;

  constructor(
    private readonly world: {
      readonly evidence: Evidence;
      platformUrl(): Promise<string>;
      own<T extends Disposable | AsyncDisposable>(thing: T): T;
    },
  ) {}

  get key(): MadeKey {
    if (this.#key === null) throw new Error('nobody has made an API key yet');
    return this.#key;
  }

  async make(by: Person, scope: string): Promise<void> {
    const body = { name: 'A program', scopes: [scope] };
    this.#key = await (await by.http()).require<MadeKey>('post', '/v1/api-keys', body);
  }

  async revoke(by: Person): Promise<void> {
    await (await by.http()).require('delete', `/v1/api-keys/${this.key.keyId}`);
  }

  async list(by: Person): Promise<readonly ListedKey[]> {
    return (await (await by.http()).require<{ apiKeys: ListedKey[] }>('get', '/v1/api-keys')).apiKeys;
  }

  /** The calls above, and whatever else is published beside the work that the key was made for. */
  async tryEverything(): Promise<void> {
    const program = await this.#program();
    for (const [what, [method, path, body]] of Object.entries(CALLS)) {
      const answer = await program.send<Partial<Problem>>(method, path, body);
      this.outcomes.set(what, answer.status < 300 ? 'done' : String(answer.body.code));
    }
    const work = this.key.scopes.flatMap((scope) => WORK[scope] ?? []);
    const published = await operationsAt(program.baseUrl, this.world);
    for (const { name, method, path, isPublic } of published) {
      if (isPublic || work.some((address) => path.startsWith(address))) continue;
      const filled = path.replaceAll(/\{\w+\}/g, 'nothing');
      const { status, body } = await program.send<Partial<Problem>>(method, filled, method === 'get' ? undefined : {});
      this.outcomes.set(name, status < 300 ? 'done' : String(body.code));
    }
  }

  /** What of everything it was let in to, whether or not that made sense. */
  get allowed(): readonly string[] {
    return [...this.outcomes].filter(([, code]) => code !== 'not_allowed').map(([what]) => what);
  }

  /** What a call that needs to publish reports, or any that the key was made for, is answered. */
  async answer(): Promise<string> {
    const [scope] = this.key.scopes;
    const what = scope === 'reports:publish' ? 'publish reports' : 'list threads';
    const [method, path] = CALLS[what] as readonly ['get' | 'post', string];
    const { status, body } = await (await this.#program()).send<Partial<Problem>>(method, path);
    return status < 300 ? 'done' : String(body.code);
  }

  async connect(url?: string): Promise<void> {
    this.#line = this.world.own(new ChatDevice('program', 'the program', this.world.evidence));
    this.#url = url ?? (await this.world.platformUrl());
    await this.#line.connect(this.#url, this.key.secret);
  }

  /** The code its connection was closed with; null while it is open. */
  get closedWith(): number | null {
    return this.#line?.closed?.code ?? null;
  }

  /** Makes, lists and revokes, as somebody who should not. */
  async overreach(by: Person): Promise<void> {
    const http = await by.http();
    const answers = [
      await http.send<Partial<Problem>>('post', '/v1/api-keys', { name: 'Mine', scopes: ['usage:read'] }),
      await http.send<Partial<Problem> & { apiKeys?: ListedKey[] }>('get', '/v1/api-keys'),
      await http.send<Partial<Problem>>('delete', `/v1/api-keys/${this.key.keyId}`),
    ];
    const sees = JSON.stringify(answers).includes(this.key.keyId);
    this.told = answers.map(({ status, body }) =>
      status < 300 ? (sees ? 'sees the key' : 'done') : String(body.code),
    );
  }

  async #program(): Promise<HttpClient> {
    const url = this.#url ?? (await this.world.platformUrl());
    return new HttpClient(url, 'the program', this.world.evidence, this.key.secret);
  }
}
