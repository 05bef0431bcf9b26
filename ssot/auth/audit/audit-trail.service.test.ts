import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import pg from 'pg';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { stores } from '../../../support/module-tests/stores';
import { addressOf, OPERATOR } from '../../../world/settings';
import { DatabaseError } from '../../database-manager';
import {
  PlatformError,
  silentLogger,
  vouchFor,
  type TenantContext,
  type TenantId,
  type Transaction,
  type Transactions,
  type UserId,
} from '../../kernel';
import type { Auth, Operator } from '../contract';

const HOME = '198.51.100.70';

describe('audit trail', () => {
  let auth: Auth;
  let operator: Operator;

  before(async () => {
    auth = await openTestAuth();
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  interface Company {
    readonly tenantId: TenantId;
    readonly owner: TenantContext;
    readonly ownerId: UserId;
    readonly email: string;
  }

  async function company(): Promise<Company> {
    const email = `${stores.ids.next('req')}@acme.example`;
    const owner = { name: 'Olga', email, password: PASSWORD };
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'early' });
    const ownerId = await auth.provisioning.addPerson(operator, tenantId, { ...owner, role: 'owner' });
    return { tenantId, ownerId, email, owner: await auth.accounts.contextFor(tenantId, ownerId) };
  }

  const actions = async (of: Company): Promise<readonly string[]> =>
    (await auth.audit.read(of.owner, { limit: 100 })).map(({ action }) => action).toReversed();
  const signIn = (email: string, password: string, address = HOME): Promise<unknown> =>
    auth.signIn.withPassword({ email, password, device: 'laptop', address });

  /** What somebody could do who has got hold of the database itself, past every login of the platform. */
  async function tamper({ tenantId }: Company, statement: string): Promise<void> {
    const owner = new pg.Client({ connectionString: addressOf('SPEC_POSTGRES_OWNER_URL') });
    await owner.connect();
    try {
      await owner.query('begin');
      await owner.query('alter table audit_entry no force row level security');
      const { rowCount } = await owner.query(statement, [tenantId]);
      assert(rowCount !== null && rowCount > 0, 'nothing was tampered with');
      await owner.query('alter table audit_entry force row level security');
      await owner.query('commit');
    } finally {
      await owner.end();
    }
  }

  test('AU-13 each decision writes one entry that names who, what, about whom and from where', async () => {
    const acme = await company();
    await signIn(acme.email, PASSWORD);
    await assert.rejects(signIn(acme.email, 'a wrong password'), { code: 'invalid_credentials' });
    await auth.provisioning.setPlan(operator, acme.tenantId, 'mid');
    const entries = await auth.audit.read(acme.owner, { limit: 3 });
    assert.deepEqual(
      entries.map(({ action, by, address, details }) => ({ action, by, address, details })),
      [
        {
          ...{ action: 'plan_changed', by: { kind: 'operator', id: OPERATOR }, address: HOME },
          details: { plan: 'mid' },
        },
        { action: 'sign_in_refused', by: { kind: 'nobody', id: null }, address: HOME, details: {} },
        {
          ...{ action: 'sign_in', by: { kind: 'person', id: acme.ownerId }, address: HOME },
          details: { methods: 'pwd' },
        },
      ],
    );
    assert.equal(entries[1]?.subject, acme.ownerId);
    assert.deepEqual(await actions(acme), [
      'company_created',
      'person_added',
      'sign_in',
      'sign_in_refused',
      'plan_changed',
    ]);
  });

  test('AU-13 the failure that locks an account stands as the lock, and those that wait for it do not stand', async () => {
    const acme = await company();
    for (let i = 0; i < 7; i++) {
      await signIn(acme.email, `a wrong guess no ${i}`, '198.51.100.71').catch((refusal: unknown) =>
        assert(refusal instanceof PlatformError),
      );
    }
    const refused = Array<string>(4).fill('sign_in_refused');
    assert.deepEqual((await actions(acme)).slice(2), [...refused, 'sign_in_locked']);
  });

  test('AU-13 each decision leaves a line in the log, by whom and about whom, without a name; one that is undone leaves none', async () => {
    const lines: { readonly facts: object; readonly message: string }[] = [];
    const info = (facts: object, message: string): void => void lines.push({ facts, message });
    const logged = await openTestAuth({ log: { ...silentLogger, info } });
    const by = await logged.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const { tenantId } = await company();
    await logged.provisioning.setPlan(by, tenantId, 'mid');
    const unknown = stores.ids.next('tenant');
    await assert.rejects(logged.provisioning.setPlan(by, unknown, 'mid'), { code: 'not_found' });
    assert.deepEqual(lines, [
      {
        facts: {
          audit: {
            chain: tenantId,
            seq: 3,
            action: 'plan_changed',
            by: { kind: 'operator', id: OPERATOR },
            subject: null,
          },
        },
        message: 'decided',
      },
    ]);
  });

  test('AU-13 no entry holds a name, an e-mail or a password', async () => {
    const acme = await company();
    await signIn(acme.email, PASSWORD);
    const text = JSON.stringify(await auth.audit.read(acme.owner, { limit: 100 }));
    for (const secret of ['Olga', acme.email, PASSWORD]) assert(!text.includes(secret), secret);
  });

  test('AU-13 pages meet every entry once, newest first', async () => {
    const acme = await company();
    for (const plan of ['free', 'mid', 'early'] as const)
      await auth.provisioning.setPlan(operator, acme.tenantId, plan);
    const first = await auth.audit.read(acme.owner, { limit: 3 });
    const rest = await auth.audit.read(acme.owner, { limit: 3, before: 3 });
    assert.deepEqual(
      [...first, ...rest].map(({ seq }) => seq),
      [5, 4, 3, 2, 1],
    );
  });

  test('AU-13 a company reads and verifies its own trail, and a member none', async () => {
    const [acme, birch] = [await company(), await company()];
    const subjects = (await auth.audit.read(birch.owner, { limit: 100 })).map(({ subject }) => subject);
    assert.deepEqual(subjects, [birch.ownerId, null]);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 2 });
    const member = { name: 'Dana', email: `${stores.ids.next('req')}@acme.example`, password: PASSWORD };
    const id = await auth.provisioning.addPerson(operator, acme.tenantId, { ...member, role: 'member' });
    const dana = await auth.accounts.contextFor(acme.tenantId, id);
    await assert.rejects(auth.audit.read(dana, { limit: 1 }), { code: 'not_allowed' });
    await assert.rejects(auth.audit.verify(dana), { code: 'not_allowed' });
  });

  test('AU-16 everybody reads what happened to their own account, newest first, and nothing of anybody else’s', async () => {
    const [acme, birch] = [await company(), await company()];
    const [email, address] = [`${stores.ids.next('req')}@acme.example`, '198.51.100.72'];
    const person = { name: 'Dana', email, password: PASSWORD, role: 'member' } as const;
    const danaId = await auth.provisioning.addPerson(operator, acme.tenantId, person);
    const dana = await auth.accounts.contextFor(acme.tenantId, danaId);
    const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address: HOME });
    await assert.rejects(signIn(email, 'a wrong password', address), { code: 'invalid_credentials' });
    await signIn(acme.email, PASSWORD);
    await signIn(birch.email, PASSWORD);
    const own = await auth.audit.readOwn(dana, { limit: 50 });
    assert.deepEqual(
      own.map(({ action, subject, address }) => [action, subject, address]),
      [
        ['sign_in_refused', danaId, address],
        ['sign_in', tokens.sessionId, HOME],
        ['person_added', danaId, HOME],
      ],
    );
    const [newest, ...older] = own;
    assert.deepEqual(await auth.audit.readOwn(dana, { limit: 1 }), [newest]);
    assert.deepEqual(await auth.audit.readOwn(dana, { limit: 50, before: newest?.seq ?? 0 }), older);
    const program = vouchFor({ ...dana, permissions: ['chat:use'] });
    await assert.rejects(auth.audit.readOwn(program, { limit: 1 }), { code: 'not_allowed' });
  });

  for (const [what, statement, seq, fault] of [
    [
      'changed',
      `update audit_entry set entry = replace(entry, 'mid', 'free') where tenant_id = $1 and seq = 3`,
      3,
      'changed',
    ],
    ['removed', 'delete from audit_entry where tenant_id = $1 and seq = 3', 3, 'missing'],
    ['cut off', 'delete from audit_entry where tenant_id = $1 and seq >= 4', 4, 'cut_off'],
    [
      'put in',
      `insert into audit_entry select tenant_id, 9, at, entry, prev_hash, hash from audit_entry where tenant_id = $1 and seq = 3`,
      9,
      'not_written',
    ],
  ] as const) {
    test(`AU-13 what was done to stored entries is found and located: ${what}`, async () => {
      const acme = await company();
      for (const plan of ['mid', 'free', 'mid'] as const)
        await auth.provisioning.setPlan(operator, acme.tenantId, plan);
      assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 5 });
      await tamper(acme, statement);
      assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: false, seq, fault });
    });
  }

  test('AU-13 many decisions at once leave one unbroken chain', async () => {
    const acme = await company();
    const plans = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 'mid' : 'early'));
    await Promise.all(plans.map((plan) => auth.provisioning.setPlan(operator, acme.tenantId, plan as 'mid')));
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 102 });
  });

  test('AU-13 a chain longer than what is read at once is followed to its end', async () => {
    const acme = await company();
    for (let i = 0; i < 10; i++) {
      await Promise.all(Array.from({ length: 60 }, () => auth.provisioning.setPlan(operator, acme.tenantId, 'mid')));
    }
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: true, entries: 602 });
    await tamper(acme, `update audit_entry set at = at + interval '1 ms' where tenant_id = $1 and seq = 601`);
    assert.deepEqual(await auth.audit.verify(acme.owner), { isIntact: false, seq: 601, fault: 'changed' });
  });

  test('AU-13 a decision whose entry cannot be written does not happen', async () => {
    const acme = await company();
    const unable = await openTestAuth({ db: withoutTrail(await stores.database()) });
    const by = await unable.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    const message = 'This cannot be written down right now, so it was not done. Try again later.';
    const unavailable = { code: 'audit_unavailable', message, retryable: true };
    await assert.rejects(unable.provisioning.setPlan(by, acme.tenantId, 'enterprise'), unavailable);
    await assert.rejects(unable.provisioning.suspendTenant(by, acme.tenantId), unavailable);
    const proof = { email: acme.email, password: PASSWORD, device: 'laptop', address: HOME };
    await assert.rejects(unable.signIn.withPassword(proof), unavailable);
    assert.equal((await auth.accounts.contextFor(acme.tenantId, acme.ownerId)).plan, 'early');
    assert.deepEqual(await actions(acme), ['company_created', 'person_added']);
  });
});

/** A database that takes everything but entries of the trail, as if their table had been damaged. */
function withoutTrail(db: Transactions): Transactions {
  return {
    transaction: (...turn) => db.transaction(...turn),
    asService: (who, body, options) => db.asService(who, (tx) => body(refusingEntries(tx)), options),
  };
}

function refusingEntries(tx: Transaction): Transaction {
  return {
    query: (...asked) => tx.query(...asked),
    send: (statement) => tx.send(statement),
    afterCommit: (then) => tx.afterCommit(then),
    execute: (statement) =>
      statement.text.includes('insert into audit_entry')
        ? Promise.reject(new DatabaseError('database_refused', 'The table is damaged.'))
        : tx.execute(statement),
  };
}
