import { HttpClient, type Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';
import type { RevenueWorld } from '../../revenue-world';
import { addressOf } from '../../settings';

/** What somebody writes into a call instead of a sign-in of their own. */
export interface Shortcut {
  headers?(dana: SignedIn): Readonly<Record<string, string>>;
  query?(dana: SignedIn): string;
}

interface SignedIn {
  readonly accessToken: string;
  readonly userId: string;
  readonly tenantId: string;
}

export const SHORTCUTS: Readonly<Record<string, Shortcut>> = {
  'a header that names her': {
    headers: ({ userId, tenantId }) => ({ 'x-user-id': userId, 'x-tenant-id': tenantId, 'x-test-user': userId }),
  },
  'her token in the address': { query: ({ accessToken }) => `?access_token=${accessToken}&token=${accessToken}` },
  'her token in a cookie': {
    headers: ({ accessToken }) => ({ cookie: `token=${accessToken}; session=${accessToken}` }),
  },
  'the token "test"': { headers: () => ({ authorization: 'Bearer test' }) },
  "the key of the platform's operators": {
    headers: () => ({ authorization: `Bearer ${addressOf('SPEC_OPERATOR_KEY')}` }),
  },
};

const OPERATIONS = ['/v1/operations/instance', '/v1/operations/tenants', '/metrics'] as const;

/** Ways past the front door, and what people leave behind when they use it. */
export class SideDoors {
  /** Status and body of what was answered. */
  answers: readonly { readonly status: number; readonly body: unknown }[] = [];
  /** What must stand nowhere. */
  readonly #secrets: string[] = [];

  constructor(private readonly world: Pick<RevenueWorld, 'platformUrl' | 'evidence' | 'operations'>) {}

  /** Asks who they are, and for the threads of whoever they are taken for. */
  async comeWith(shortcut: Shortcut, dana: Person): Promise<void> {
    const signedIn = await dana.signIn();
    const url = await this.world.platformUrl();
    const query = shortcut.query?.(signedIn) ?? '';
    this.answers = await Promise.all(
      ['/v1/me', '/v1/threads'].map(async (path) => {
        const answer = await fetch(`${url}${path}${query}`, { headers: shortcut.headers?.(signedIn) ?? {} });
        return { status: answer.status, body: await answer.json() };
      }),
    );
  }

  async showOperatorKeyToCustomersPort(): Promise<void> {
    const { evidence } = this.world;
    const door = new HttpClient(await this.world.platformUrl(), 'somebody', evidence, addressOf('SPEC_OPERATOR_KEY'));
    const asked = OPERATIONS.flatMap((path) => [door.send('get', path), door.send('post', path, {})]);
    this.answers = await Promise.all(asked);
  }

  /** At the scenario's own instance, keeping every secret that was used there. */
  async liveThrough(person: Person): Promise<void> {
    await person.register();
    const door = await person.client(undefined, this.world.operations.serving().url);
    const { email, password } = person;
    const mistyped = `${password}-mistyped`;
    const signedIn = await door.require<Pair>('post', '/v1/sign-in', { email, password, device: 'laptop' });
    await door.send<Problem>('post', '/v1/sign-in', { email, password: mistyped, device: 'laptop' });
    const { refreshToken } = signedIn;
    const renewed = await door.require<Pair>('post', '/v1/sign-in/renew', { refreshToken, device: 'laptop' });
    const own = await person.client(renewed.accessToken, this.world.operations.serving().url);
    await own.require('post', '/v1/sign-out', {});
    for (const pair of [signedIn, renewed]) this.#secrets.push(pair.accessToken, pair.refreshToken);
    this.#secrets.push(password, mistyped);
  }

  /** Secrets that stand in the log of the scenario's own instance. */
  leaked(): readonly string[] {
    const log = this.world.operations.serving().log();
    if (!log.includes('listening')) throw new Error(`the instance has logged nothing:\n${log}`);
    return this.#secrets.filter((secret) => log.includes(secret));
  }
}

interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}
