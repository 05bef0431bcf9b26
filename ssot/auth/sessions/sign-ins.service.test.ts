import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import { z } from 'zod';
import { openTestAuth } from '../../../support/module-tests/auth/auth';
import { slowStoring } from '../../../support/module-tests/auth/slow-storing';
import { asFarAsItComes, waitingForLock } from '../../../support/module-tests/auth/waiting';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import { Network } from '../../../world/actors/network';
import { addressOf, masterKeyOfRun } from '../../../world/settings';
import { plans } from '../../configuration-manager';
import {
  KeyRing,
  PlatformError,
  servicePrincipal,
  sql,
  type Plan,
  type SessionId,
  type Transactions,
} from '../../kernel';
import type { Auth, SignedIn } from '../contract';
import { permissionsOf } from '../roles';

const DAY_MS = 86_400_000;
const PASSWORD = 'a password that is long enough';
const HOME = '198.51.100.1';
const clock = new ControlledClock();
let auth: Auth;
let asked = 0;
/** While it is set, a writing transaction commits only when so many have come as far, or one waits for another's lock. */
let commitTogether: { readonly count: number; ready: number } | undefined;

/** What somebody else does once a company's transaction has written, and not yet committed. */
let beforeCommit: (() => Promise<void>) | undefined;
/** What the database answers the next time that it is asked for a service. */
let nextLookFails: PlatformError | undefined;

async function othersHaveCome(): Promise<void> {
  const expected = commitTogether;
  if (expected === undefined) return;
  expected.ready += 1;
  await eventually(async () => {
    const isDone = expected.ready >= expected.count || (await waitingForLock()) > 0;
    assert(isDone, `${expected.ready} of ${expected.count} transactions are ready, and none waits`);
  });
}

before(async () => {
  await stores.redis().ping();
  const database = await stores.database();
  const db: Transactions = {
    transaction: (...turn) => database.transaction(...turn),
    asService: (who, body, options) => {
      asked += 1;
      const failure = nextLookFails;
      nextLookFails = undefined;
      if (failure !== undefined) return Promise.reject(failure);
      if (options?.readOnly === true) return database.asService(who, body, options);
      const untilAll: typeof body = async (tx) => {
        const outcome = await body(tx);
        await othersHaveCome();
        await beforeCommit?.();
        return outcome;
      };
      return database.asService(who, untilAll, options);
    },
  };
  auth = await openTestAuth({
    db,
    clock,
    plans: { ...plans, free: { ...plans.free, signInsPerPerson: 3 }, early: { ...plans.early, signInsPerPerson: 2 } },
  });
});

/** Signs one person in, again and again. */
async function personOn(plan: Plan): Promise<(device?: string) => Promise<SignedIn>> {
  const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  const tenantId = await auth.provisioning.createTenant(by, { name: 'Acme', plan });
  const email = `${stores.ids.next('req')}@acme.example`;
  await auth.provisioning.addPerson(by, tenantId, { name: 'Dana', email, password: PASSWORD, role: 'member' });
  return (device = 'laptop') => auth.signIn.withPassword({ email, password: PASSWORD, device, address: HOME });
}

const check = ({ tokens }: SignedIn): Promise<unknown> => auth.tokens.check(tokens.access, 'person', HOME);
const renew = (refresh: string, address = HOME) => auth.sessions.renew(refresh, 'laptop', address);

async function signOut({ tokens }: SignedIn): Promise<void> {
  const principal = await auth.tokens.check(tokens.access, 'person', HOME);
  await auth.sessions.end({ principal, address: HOME }, tokens.sessionId);
}

async function rowsOf(table: 'session' | 'refresh_token', sessionIds: readonly SessionId[]): Promise<number> {
  const db = await stores.database();
  const from = table === 'session' ? sql`from session` : sql`from refresh_token`;
  const found = await db.asService(
    servicePrincipal('test'),
    (tx) => tx.query(sql`select 1 as one ${from} where session_id = any(${[...sessionIds]})`, z.unknown()),
    { readOnly: true },
  );
  return found.length;
}

test('AU-10 the limit is the value handed over for the plan: at it all live, one above ends the oldest', async () => {
  const signIn = await personOn('free');
  const first: SignedIn[] = [];
  for (let i = 0; i < 3; i++) {
    first.push(await signIn());
    clock.advance(1_000);
  }
  assert.deepEqual(await Promise.all(first.map((one) => said(check(one)))), ['fine', 'fine', 'fine']);
  clock.advance(1_000);
  const fourth = await signIn();
  assert.deepEqual(fourth.ended, [first[0]?.tokens.sessionId]);
  const all = await Promise.all([...first, fourth].map((one) => said(check(one))));
  assert.deepEqual(all, ['session_ended', 'fine', 'fine', 'fine']);
  assert.equal(await said(renew((first[0] as SignedIn).tokens.refresh)), 'session_ended');
});

/** Tokens know of whole seconds. */
function toWholeSecond(): void {
  clock.advance((1_000 - (clock.now() % 1_000)) % 1_000);
}

test('AU-01 whoever signs in is known for their company, with their rights, as they proved it, until the token ends', async () => {
  toWholeSecond();
  const { is, tokens, tenantId, userId, ended } = await (await personOn('free'))();
  assert.deepEqual([is, ended, tokens.accessUntil], ['signed_in', [], new Date(clock.now() + 900_000)]);
  const principal = await auth.tokens.check(tokens.access, 'person', HOME);
  const { context, ...rest } = principal;
  assert.deepEqual({ ...context }, { tenantId, userId, plan: 'free', permissions: permissionsOf('member') });
  assert.deepEqual(rest, {
    ...{ kind: 'person', secondFactor: 'none', sessionId: tokens.sessionId, plan: 'free', methods: ['pwd'] },
    ...{ authTime: new Date(clock.now()), expiresAt: tokens.accessUntil },
  });
  assert(Object.isFrozen(principal) && Object.isFrozen(principal.methods));
});

test('AU-03 a renewed sign-in is the one that it was: of whom, since when and how', async () => {
  toWholeSecond();
  const { tokens } = await (await personOn('free'))();
  const before = await auth.tokens.check(tokens.access, 'person', HOME);
  clock.advance(60_000);
  const renewed = await renew(tokens.refresh);
  const accessUntil = new Date(clock.now() + 900_000);
  assert.deepEqual([renewed.sessionId, renewed.accessUntil], [tokens.sessionId, accessUntil]);
  const after = await auth.tokens.check(renewed.access, 'person', HOME);
  assert.deepEqual({ ...after }, { ...before, expiresAt: accessUntil });
});

test('AU-03 a renewal token is 256 random bits, with what proves where it was issued', async () => {
  const signIn = await personOn('free');
  const secrets = [await signIn(), await signIn()].map(({ tokens }) => tokens.refresh.split('.')[1] ?? '');
  assert.deepEqual(
    secrets.map((secret) => Buffer.from(secret, 'base64url').length * 8),
    [256, 256],
  );
  assert.notEqual(secrets[0], secrets[1]);
});

test('AU-10 whoever lost a sign-in to a newer one is told the limit by its name', async () => {
  const signIn = await personOn('early');
  const oldest = await signIn();
  await signIn();
  await signIn();
  const words = 'This sign-in was ended by a newer one: your plan has 2 for each person. Sign in again.';
  const told = { code: 'session_ended', message: words };
  await assert.rejects(check(oldest), told);
  await assert.rejects(renew(oldest.tokens.refresh), told);
});

test('AU-10 a sign-in that was signed out, or has expired, takes no place', async () => {
  const signIn = await personOn('early');
  const first = await signIn();
  const second = await signIn();
  await signOut(first);
  assert.deepEqual((await signIn()).ended, []);
  clock.advance(8 * DAY_MS);
  const later = [await signIn(), await signIn()];
  assert.deepEqual(
    later.flatMap(({ ended }) => ended),
    [],
  );
  assert.equal(await said(renew(second.tokens.refresh)), 'session_ended');
});

test('AU-10 eight sign-ins at once leave as many as the plan has', async () => {
  const signIn = await personOn('free');
  const all = await Promise.all(Array.from({ length: 8 }, () => signIn()));
  const now = await auth.sessions.endedAmong(all.map(({ tokens }) => tokens.sessionId));
  assert.equal(all.length - now.size, 3);
  assert.equal(new Set(all.flatMap(({ ended }) => ended)).size, 5);
});

test('AU-10 sign-ins that are stored at one moment, as on two instances, count each other', async () => {
  const signIn = await personOn('free');
  const first = [await signIn(), await signIn(), await signIn()];
  commitTogether = { count: 2, ready: 0 };
  const second = await Promise.all([signIn(), signIn()]).finally(() => (commitTogether = undefined));
  const ids = [...first, ...second].map(({ tokens }) => tokens.sessionId);
  const ended = await auth.sessions.endedAmong(ids);
  assert.deepEqual([...ended.keys()].sort(), ids.slice(0, 2).sort());
});

test('AU-10 of ended sign-ins no more are kept than the plan has live ones', async () => {
  const signIn = await personOn('early');
  const all: SignedIn[] = [];
  for (let i = 0; i < 7; i++) {
    all.push(await signIn());
    clock.advance(1_000);
  }
  const ids = all.map(({ tokens }) => tokens.sessionId);
  assert.equal(await rowsOf('session', ids), 4);
  assert.equal(await rowsOf('refresh_token', ids), 4);
  assert.equal(await said(check(all[0] as SignedIn)), 'session_ended');
});

test('AU-03 a renewal counts as use: the sign-in is idle from then on', async () => {
  const { tokens } = await (await personOn('free'))();
  clock.advance(4 * DAY_MS);
  const renewed = await renew(tokens.refresh);
  clock.advance(7 * DAY_MS - 1);
  const again = await renew(renewed.refresh);
  clock.advance(7 * DAY_MS);
  assert.equal(await said(renew(again.refresh)), 'session_ended');
});

test('AU-04 a look that failed is not believed: the next one asks again', async () => {
  const signedIn = await (await personOn('free'))();
  nextLookFails = new PlatformError({ code: 'database_unreachable', message: 'The database is away.' });
  assert.equal(await said(check(signedIn)), 'database_unreachable');
  assert.equal(await said(check(signedIn)), 'fine');
});

test('AU-04 whoever asks while a sign-out is being stored is not believed once it is', async () => {
  const signedIn = await (await personOn('free'))();
  const principal = await auth.tokens.check(signedIn.tokens.access, 'person', HOME);
  clock.advance(1_000);
  let meanwhile = '';
  beforeCommit = async () => void (meanwhile = await said(check(signedIn)));
  const signedOut = auth.sessions.end({ principal, address: HOME }, signedIn.tokens.sessionId);
  await signedOut.finally(() => (beforeCommit = undefined));
  assert.deepEqual([meanwhile, await said(check(signedIn))], ['fine', 'session_ended']);
});

test('AU-04 where nobody is connected no database is asked who is still signed in', async () => {
  const before = asked;
  assert.deepEqual([await auth.sessions.endedAmong([]), await auth.accounts.keptPlansOf([])], [new Map(), new Map()]);
  assert.equal(asked, before);
});

test('AU-03 two renewal tokens are kept of a sign-in, however often it is renewed', async () => {
  const { tokens } = await (await personOn('free'))();
  let { refresh } = tokens;
  for (let i = 0; i < 20; i++) ({ refresh } = await renew(refresh));
  assert.equal(await rowsOf('refresh_token', [tokens.sessionId]), 2);
});

test('AU-03 a token that was used long ago, and is not kept any more, still ends the sign-in', async () => {
  const { tokens } = await (await personOn('free'))();
  let { refresh } = tokens;
  for (let i = 0; i < 5; i++) ({ refresh } = await renew(refresh));
  assert.equal(await said(renew(tokens.refresh)), 'refresh_reused');
  assert.equal(await said(renew(refresh)), 'session_ended');
});

test('AU-03 a lost reply is repeated until its successor is used, and ends the sign-in from then on', async () => {
  const { tokens } = await (await personOn('free'))();
  const { refresh: successor } = await renew(tokens.refresh);
  assert.equal((await renew(tokens.refresh)).refresh, successor);
  await renew(successor);
  assert.equal(await said(renew(tokens.refresh)), 'refresh_reused');
});

for (const [ms, outcome] of [
  [10_000, 'repeated'],
  [10_001, 'refresh_reused This renewal was used before, so the sign-in was ended. Sign in again.'],
] as const) {
  test(`AU-03 a lost reply is repeated for ten seconds: after ${ms} ms`, async () => {
    const { tokens } = await (await personOn('free'))();
    const { refresh: successor } = await renew(tokens.refresh);
    clock.advance(ms);
    const again = await renew(tokens.refresh).then(
      ({ refresh }) => (refresh === successor ? 'repeated' : 'another one'),
      ({ code, message }: PlatformError) => `${code} ${message}`,
    );
    assert.equal(again, outcome);
  });
}

test('AU-03 fifty renewals of one token at once leave one successor', async () => {
  const { tokens } = await (await personOn('free'))();
  const renewed = await Promise.all(Array.from({ length: 50 }, () => renew(tokens.refresh)));
  assert.equal(new Set(renewed.map(({ refresh }) => refresh)).size, 1);
  assert.equal(await rowsOf('refresh_token', [tokens.sessionId]), 2);
});

for (const [device, outcome] of [
  ['laptop', 'fine'],
  ['thief', 'refresh_reused'],
] as const) {
  test(`AU-03 a token that is shown at another instance while its renewal is being stored was used: by "${device}"`, async () => {
    const { tokens } = await (await personOn('free'))();
    const slow = await slowStoring();
    const [one, other] = [await openTestAuth({ clock, db: slow.db }), await openTestAuth({ clock })];
    const held = slow.hold('before it commits');
    const first = one.sessions.renew(tokens.refresh, 'laptop', HOME);
    await held.reached;
    const second = said(other.sessions.renew(tokens.refresh, device, HOME));
    await asFarAsItComes(second);
    held.go();
    const { refresh } = await first;
    assert.equal(await second, outcome);
    assert.equal(await said(renew(refresh)), outcome === 'fine' ? 'fine' : 'session_ended');
  });
}

test('AU-03 a renewal whose reply was lost is repeated at an instance to which another master key is the newest', async () => {
  const { tokens } = await (await personOn('free'))();
  const [ofRun, next] = [masterKeyOfRun(), { id: 'next', key: randomBytes(32) }];
  const before = await openTestAuth({ clock, keys: new KeyRing([ofRun, next]) });
  const after = await openTestAuth({ clock, keys: new KeyRing([next, ofRun]) });
  const { refresh: lost } = await before.sessions.renew(tokens.refresh, 'laptop', HOME);
  const { refresh: repeated } = await after.sessions.renew(tokens.refresh, 'laptop', HOME);
  assert.equal(repeated, lost);
  const { refresh: third } = await after.sessions.renew(repeated, 'laptop', HOME);
  assert.equal((await before.sessions.renew(repeated, 'laptop', HOME)).refresh, third);
  assert.equal(await said(before.sessions.renew(tokens.refresh, 'laptop', HOME)), 'refresh_reused');
});

for (const [what, change] of [
  ['nonsense', () => 'nonsense'],
  ['empty', () => ''],
  ['its first half', (refresh: string) => refresh.slice(0, refresh.length / 2)],
  ['in other case', (refresh: string) => refresh.toUpperCase()],
  ['with a blank behind', (refresh: string) => `${refresh} `],
  ['with another last character', (refresh: string) => refresh.slice(0, -1) + (refresh.endsWith('A') ? 'Q' : 'A')],
  [
    'for another sign-in',
    (refresh: string, other: string) => [other.split('.')[0], ...refresh.split('.').slice(1)].join('.'),
  ],
  ['with another secret', (refresh: string, other: string) => refresh.replace(/\.[^.]+\./, `.${other.split('.')[1]}.`)],
] as const) {
  test(`AU-03 what is nearly a renewal token is none, and no database is asked: ${what}`, async () => {
    const signIn = await personOn('free');
    const [one, other] = [await signIn(), await signIn()];
    const before = asked;
    const address = new Network().address();
    assert.equal(await said(renew(change(one.tokens.refresh, other.tokens.refresh), address)), 'refresh_invalid');
    assert.equal(asked, before);
    assert.equal(await said(renew(one.tokens.refresh, address)), 'fine');
  });
}
