import { Client } from 'pg';
import type { Answer, HttpClient, Problem } from '../../clients/http-client';
import type { Person } from '../../actors/person';
import { addressOf } from '../../settings';
import type { Tenant } from '../../actors/tenant';

export interface Entry {
  readonly seq: number;
  readonly action: string;
  readonly by: { readonly kind: string; readonly id: string | null };
  readonly subject: string | null;
}

interface Verdict {
  readonly isIntact: boolean;
  readonly entries?: number;
  readonly seq?: number;
  readonly detail?: string;
}

const TAMPERING = {
  'changes the third entry': `update audit_entry set entry = replace(entry, 'a', 'b') where tenant_id = $1 and seq = 3`,
  'removes the third entry': 'delete from audit_entry where tenant_id = $1 and seq = 3',
  'cuts off the newest entry': `delete from audit_entry where tenant_id = $1
    and seq = (select max(seq) from audit_entry where tenant_id = $1)`,
} as const;
export type Tampering = keyof typeof TAMPERING;
export const TAMPERINGS = Object.fromEntries(Object.keys(TAMPERING).map((words) => [words, words as Tampering]));

/** The audit trail of a company, by its own people and by whoever holds the database. */
export class AuditTrails {
  entries: readonly Entry[] = [];
  refusals: readonly string[] = [];
  #length = 0;

  constructor(
    private readonly world: {
      own<T extends Disposable | AsyncDisposable>(thing: T): T;
      operator(): Promise<HttpClient>;
    },
  ) {}

  /** Everything, page by page. */
  async read(by: Person): Promise<readonly Entry[]> {
    const http = await by.http();
    const entries: Entry[] = [];
    for (;;) {
      const before = entries.at(-1)?.seq;
      const page = await http.require<{ entries: Entry[] }>(
        'get',
        `/v1/audit?limit=3${before === undefined || before === 1 ? '' : `&before=${before}`}`,
      );
      entries.push(...page.entries);
      if (page.entries.length < 3 || entries.at(-1)?.seq === 1) return entries;
    }
  }

  async remember(by: Person): Promise<void> {
    this.#length = (await this.read(by)).length;
  }

  /** Those that were written since. */
  async added(by: Person): Promise<readonly Entry[]> {
    const all = await this.read(by);
    return all.slice(0, all.length - this.#length).toReversed();
  }

  /** Who decided what about whom. */
  async inWords(entry: Entry | undefined, people: readonly Person[]): Promise<readonly string[]> {
    const names = new Map<string, string>();
    for (const person of people) names.set(await person.register(), person.name);
    const named = (id: string): string => names.get(id) ?? (id.startsWith('session_') ? 'a sign-in' : id);
    const { by, action = 'nothing', subject } = entry ?? {};
    const who = named(by?.id ?? 'nobody');
    return [by?.kind === 'operator' ? `the operator ${who}` : who, action, subject ? named(subject) : 'the company'];
  }

  async readAndVerify(by: Person): Promise<void> {
    const http = await by.http();
    const answers: Answer<Partial<Problem>>[] = [
      await http.send('get', '/v1/audit'),
      await http.send('get', '/v1/audit/verification'),
    ];
    this.refusals = answers.map(({ status, body }) => (status === 200 ? 'answered' : String(body.code)));
    if (this.refusals.every((refusal) => refusal === 'answered')) this.entries = await this.read(by);
  }

  async verdict(by: Person): Promise<Verdict> {
    return (await by.http()).require<Verdict>('get', '/v1/audit/verification');
  }

  async movePlans(tenant: Tenant, times: number, how: 'one by one' | 'at once'): Promise<void> {
    const operator = await this.world.operator();
    const path = `/v1/operations/tenants/${await tenant.id()}/plan`;
    const move = (i: number): Promise<unknown> =>
      operator.require('put', path, { plan: i % 2 === 0 ? 'mid' : 'enterprise' });
    if (how === 'at once') await Promise.all(Array.from({ length: times }, (_, i) => move(i)));
    else for (let i = 0; i < times; i++) await move(i);
  }

  /** Past every login of the platform: with the schema's owner, who lifts row security for the turn. */
  async tamper(tenant: Tenant, what: Tampering): Promise<void> {
    const owner = new Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
    await owner.connect();
    try {
      await owner.query('begin; alter table audit_entry no force row level security');
      const { rowCount } = await owner.query(TAMPERING[what], [await tenant.id()]);
      if (rowCount !== 1) throw new Error(`${rowCount} entries were tampered with`);
      await owner.query('alter table audit_entry force row level security; commit');
    } finally {
      await owner.end();
    }
  }

  /** Until the scenario ends. */
  async holdEndOf(tenant: Tenant): Promise<void> {
    const service = new Client({ connectionString: addressOf('SPEC_POSTGRES_SERVICE_URL') });
    await service.connect();
    this.world.own({ [Symbol.asyncDispose]: () => service.end() });
    await service.query('begin');
    const held = await service.query('select last_seq from audit_head where tenant_id = $1 for update', [
      await tenant.id(),
    ]);
    if (held.rowCount !== 1) throw new Error('there is no trail to hold');
  }
}
