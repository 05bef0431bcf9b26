import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import pg from 'pg';
import { z } from 'zod';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { OwnSchema } from '../../../support/module-tests/own-schema';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import { plans } from '../../configuration-manager';
import type { Database } from '../../database-manager';
import {
  servicePrincipal,
  silentLogger,
  sql,
  systemClock,
  vouchFor,
  type TenantContext,
  type TenantId,
} from '../../kernel';
import type { Auth, Operator } from '../contract';
import { authSchemaChanges } from '../schema-changes';
import { AuditTrail } from './audit-trail';
import { genesisOf, hashOf } from './chain';
import { TrailUpkeep } from './trail-upkeep';

const HOME = '198.51.100.73';
const DAY_MS = 86_400_000;
const MANY = 100_000;
const LOT = 10_000;
const LONG_AGO = Date.UTC(2020, 0, 1);

describe('upkeep of audit trails', () => {
  let auth: Auth;
  let operator: Operator;
  const clock = new ControlledClock(LONG_AGO);

  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  interface Company {
    readonly tenantId: TenantId;
    readonly owner: TenantContext;
  }

  /** With two entries of now: that it came, and its owner. */
  async function company(of = auth): Promise<Company> {
    const by = await of.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const tenantId = await of.provisioning.createTenant(by, { name: 'Acme', plan: 'early' });
    const owner = { name: 'Olga', email: `${stores.ids.next('req')}@acme.example`, password: PASSWORD };
    const ownerId = await of.provisioning.addPerson(by, tenantId, { ...owner, role: 'owner' });
    return { tenantId, owner: await of.accounts.contextFor(tenantId, ownerId) };
  }

  const decide = ({ tenantId }: Company): Promise<void> => auth.provisioning.setPlan(operator, tenantId, 'early');
  const stored = async ({ owner }: Company): Promise<readonly number[]> =>
    (await auth.audit.read(owner, { limit: 100 })).map(({ seq }) => seq).toReversed();

  test('AU-13 an entry is kept for as many days as the plan says, and what is left is still proven', async () => {
    const acme = await company();
    clock.advance(DAY_MS);
    await decide(acme);
    clock.advance(89 * DAY_MS);
    await auth.audit.keepUp();
    assert.deepEqual(await stored(acme), [1, 2, 3]);
    clock.advance(1);
    await auth.audit.keepUp();
    await auth.audit.keepUp();
    assert.deepEqual(await stored(acme), [3]);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 1 });
  });

  test('AU-13 a trail of which everything has aged goes on behind what there was', async () => {
    const acme = await company();
    clock.advance(91 * DAY_MS);
    await auth.audit.keepUp();
    assert.deepEqual(await stored(acme), []);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 0 });
    await decide(acme);
    assert.deepEqual(await stored(acme), [3]);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 1 });
  });

  test('AU-13 a smaller plan takes no entry away for 30 days', async () => {
    const acme = await company();
    clock.advance(31 * DAY_MS);
    await auth.provisioning.setPlan(operator, acme.tenantId, 'free');
    clock.advance(30 * DAY_MS - 1);
    await auth.audit.keepUp();
    assert.deepEqual(await stored(acme), [1, 2, 3]);
    clock.advance(2);
    await auth.audit.keepUp();
    assert.deepEqual(await stored(acme), []);
  });

  test('AU-13 what the law keeps is kept, and another company’s goes', async () => {
    const [acme, birch] = [await company(), await company()];
    const isHeld = (_: unknown, { tenantId }: { readonly tenantId: TenantId }): Promise<boolean> =>
      Promise.resolve(tenantId === acme.tenantId);
    clock.advance(91 * DAY_MS);
    await (await openTestAuth({ clock, isHeld })).audit.keepUp();
    assert.deepEqual([await stored(acme), await stored(birch)], [[1, 2], []]);
  });

  test('AU-13 ageing wipes no trace of what was tampered with', async () => {
    const [acme, birch] = [await company(), await company()];
    await decide(acme);
    await asOwner(`delete from audit_entry where tenant_id = '${acme.tenantId}' and seq = 2`);
    clock.advance(91 * DAY_MS);
    const damaged: unknown[] = [];
    const warn = (facts: object): void => void damaged.push((facts as { chain?: unknown }).chain);
    await (await openTestAuth({ clock, log: { ...silentLogger, warn } })).audit.keepUp();
    assert.deepEqual([await stored(acme), await stored(birch)], [[1, 3], []]);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: false, seq: 2, fault: 'missing' });
    // Of acme once; others may have been tampered with before.
    assert.deepEqual(
      damaged.filter((one) => one === acme.tenantId || one === birch.tenantId),
      [acme.tenantId],
    );
  });

  test('AU-13 nobody shortens a trail below 30 days, whoever they are for the database', async () => {
    const acme = await company(await openTestAuth({ clock: systemClock }));
    const db = await stores.database();
    const { rows } = await db.asService(servicePrincipal('thief'), (tx) =>
      tx.execute(sql`select where age_audit_trail(${acme.tenantId}, 'infinity', 1000) > 0`),
    );
    assert.equal(rows, 0);
    assert.deepEqual(await stored(acme), [1, 2]);
  });

  test('AU-13 a release that comes to 100,000 entries rewrites none at its start, and the release before goes on beside it', async () => {
    await using schema = await OwnSchema.create();
    const tenantId = stores.ids.next('tenant');
    const userId = stores.ids.next('user');
    const dana = vouchFor({ tenantId, userId, plan: 'enterprise', permissions: ['audit:read', 'account:use'] });
    const chain = new ChainOfBefore(tenantId, userId);
    const old = await schema.open({ changes: authSchemaChanges.filter(({ name }) => name < 'auth/0013') });
    while (chain.length < MANY) await chain.append(old, LOT);

    const newest = await newestOf(old, dana);
    const db = await schema.open({ changes: authSchemaChanges });
    assert.deepEqual(await rowsOf(db, dana, newest), { rows: MANY, rewritten: 0 });
    await chain.append(old, 2);
    const parts = { db, clock: new ControlledClock(LONG_AGO), log: silentLogger, plans };
    const trail = new AuditTrail(parts);
    assert.deepEqual(await trail.readOwn(dana, { limit: 1 }), []);

    await new TrailUpkeep(parts).run();
    const own = await trail.readOwn(dana, { limit: 2 });
    assert.deepEqual(
      own.map(({ seq }) => seq),
      [MANY + 2, MANY],
    );
    // It goes on until the last of its instances has stopped.
    await chain.append(old, 2);
    await new TrailUpkeep(parts).run();
    assert.equal((await trail.readOwn(dana, { limit: 1 }))[0]?.seq, MANY + 4);
    assert.deepEqual(await trail.verify(dana), { isIntact: true, entries: MANY + 4 });

    await new TrailUpkeep({ ...parts, clock: new ControlledClock(LONG_AGO + 366 * DAY_MS) }).run();
    assert.deepEqual(await trail.verify(dana), { isIntact: true, entries: 0 });
  });
});

/** Entries as the release before wrote them, which did not know whose account they concern: each second one is hers. */
class ChainOfBefore {
  #seq = 0;
  #hash: Buffer;

  constructor(
    private readonly tenantId: TenantId,
    private readonly userId: string,
  ) {
    this.#hash = genesisOf(tenantId);
  }

  get length(): number {
    return this.#seq;
  }

  async append(db: Database, count: number): Promise<void> {
    const at = new Date(LONG_AGO);
    const first = this.#seq;
    const rows = Array.from({ length: count }, () => {
      const prevHash = this.#hash;
      const seq = (this.#seq += 1);
      const by = seq % 2 === 0 ? { kind: 'person', id: this.userId } : { kind: 'operator', id: 'ines' };
      const entry = JSON.stringify({ action: 'signed_out', by, subject: null, address: HOME, details: {} });
      this.#hash = hashOf(this.tenantId, { seq, at, entry, prevHash });
      return { seq, entry, prev: prevHash.toString('hex'), hash: this.#hash.toString('hex') };
    });
    await db.asService(servicePrincipal('old'), async (tx) => {
      await tx.execute(sql`
        insert into audit_head (tenant_id, first_seq, first_prev_hash, last_seq, last_hash)
        values (${this.tenantId}, 1, ${genesisOf(this.tenantId)}, ${this.#seq}, ${this.#hash})
        on conflict (tenant_id) do update set last_seq = excluded.last_seq, last_hash = excluded.last_hash
        where audit_head.last_seq = ${first}`);
      await tx.execute(sql`
        insert into audit_entry (tenant_id, seq, at, entry, prev_hash, hash)
        select ${this.tenantId}, seq, ${at}, entry, decode(prev, 'hex'), decode(hash, 'hex')
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (seq bigint, entry text, prev text, hash text)`);
    });
  }
}

const newestRow = z.object({ newest: z.string() });
const countsRow = z.object({ rows: z.number(), rewritten: z.number() });

/** The transaction that has written last. */
async function newestOf(db: Database, ctx: TenantContext): Promise<string | undefined> {
  const newest = sql`select max(xmin::text::bigint)::text as newest from audit_entry`;
  return (await db.transaction(ctx, (tx) => tx.query(newest, newestRow)))[0]?.newest;
}

/** How many entries there are, and how many of them were written by a later transaction. */
async function rowsOf(db: Database, ctx: TenantContext, newest = '0'): Promise<z.infer<typeof countsRow> | undefined> {
  const counts = sql`select count(*)::int as rows,
    (count(*) filter (where xmin::text::bigint > ${newest}::bigint))::int as rewritten from audit_entry`;
  return (await db.transaction(ctx, (tx) => tx.query(counts, countsRow)))[0];
}

async function asOwner(statement: string): Promise<void> {
  const owner = new pg.Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
  await owner.connect();
  try {
    await owner.query('begin');
    await owner.query('alter table audit_entry no force row level security');
    await owner.query(statement);
    await owner.query('alter table audit_entry force row level security');
    await owner.query('commit');
  } finally {
    await owner.end();
  }
}
