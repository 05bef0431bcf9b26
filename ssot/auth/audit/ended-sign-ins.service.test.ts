import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf, OPERATOR } from '../../../world/settings';
import type { TenantContext, TenantId, UserId } from '../../kernel';
import type { Acting, Auth, SignedIn } from '../contract';

const HOME = '198.51.100.73';
const ELSEWHERE = '203.0.113.73';
const DAY_MS = 86_400_000;

describe('what the audit trail says of the ends of sign-ins', () => {
  const clock = new ControlledClock();
  let auth: Auth;
  let elsewhere: Auth;
  let tenantId: TenantId;
  let userId: UserId;
  let owner: TenantContext;
  let signIn: () => Promise<SignedIn>;

  before(async () => {
    auth = await openTestAuth({ clock });
    elsewhere = await openTestAuth({ clock });
  });

  beforeEach(async () => {
    const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
    tenantId = await auth.provisioning.createTenant(by, { name: 'Acme', plan: 'free' });
    const email = `${stores.ids.next('req')}@acme.example`;
    userId = await auth.provisioning.addPerson(by, tenantId, {
      name: 'Olga',
      email,
      password: PASSWORD,
      role: 'owner',
    });
    owner = await auth.accounts.contextFor(tenantId, userId);
    signIn = () => auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address: HOME });
  });

  const acting = async ({ tokens }: SignedIn): Promise<Acting> => ({
    principal: await auth.tokens.check(tokens.access, 'person', HOME),
    address: ELSEWHERE,
  });
  /** All but how the company began and who signed in, oldest first. */
  const ends = async (): Promise<readonly object[]> =>
    (await auth.audit.read(owner, { limit: 100 }))
      .toReversed()
      .filter(({ action }) => !['company_created', 'person_added', 'sign_in'].includes(action))
      .map(({ action, by, subject, address, details }) => ({ action, by: by.id, subject, address, details }));

  test('AU-13 a sign-out is written down once, by whom and from where', async () => {
    const signedIn = await signIn();
    const by = await acting(signedIn);
    const subject = signedIn.tokens.sessionId;
    await auth.sessions.end(by, subject);
    await auth.sessions.end(by, subject);
    assert.deepEqual(await ends(), [{ action: 'signed_out', by: userId, subject, address: ELSEWHERE, details: {} }]);
  });

  test('AU-13 a sign-out that is none leaves no entry', async () => {
    const by = await acting(await signIn());
    assert.equal(await said(auth.sessions.end(by, stores.ids.next('session'))), 'not_found');
    assert.deepEqual(await ends(), []);
  });

  test('AU-13 a renewal that was shown twice is written down once, with the address of whoever showed it last', async () => {
    const { tokens } = await signIn();
    await auth.sessions.renew(tokens.refresh, 'laptop', HOME);
    for (let i = 0; i < 2; i++) await said(auth.sessions.renew(tokens.refresh, 'another device', ELSEWHERE));
    assert.deepEqual(await ends(), [
      { action: 'renewal_reused', by: null, subject: tokens.sessionId, address: ELSEWHERE, details: {} },
    ]);
  });

  test('AU-13 a sign-in that a newer one ended is written down with the reason', async () => {
    const oldest = await signIn();
    clock.advance(1_000);
    for (let i = 0; i < 3; i++) await signIn();
    const details = { reason: 'sign_in_limit' };
    assert.deepEqual(await ends(), [
      { action: 'signed_out', by: userId, subject: oldest.tokens.sessionId, address: HOME, details },
    ]);
  });

  for (const [what, notice] of [
    [
      'by the next look, on two instances at once',
      () => Promise.all([auth, elsewhere].map((one) => one.sessions.recordAged())),
    ],
    ['by the next sign-in of the same person', () => signIn()],
  ] as const) {
    test(`AU-13 a sign-in that aged out is written down once, with the moment: ${what}`, async () => {
      const { tokens } = await signIn();
      const since = new Date(clock.now() + 7 * DAY_MS).toISOString();
      clock.advance(7 * DAY_MS - 1);
      await auth.sessions.recordAged();
      assert.deepEqual(await ends(), []);
      clock.advance(DAY_MS);
      await notice();
      await auth.sessions.recordAged();
      const details = { reason: 'aged_out', since };
      assert.deepEqual(await ends(), [
        { action: 'signed_out', by: null, subject: tokens.sessionId, address: '', details },
      ]);
      assert.equal((await auth.audit.verify(owner)).isIntact, true);
    });
  }

  test('AU-16 its person is told of each, whoever or whatever has ended it', async () => {
    const own = async (): Promise<readonly string[]> => {
      const ctx = await auth.accounts.contextFor(tenantId, userId);
      return (await auth.audit.readOwn(ctx, { limit: 2 })).map(({ action, subject }) => `${action} ${subject}`);
    };
    const left = (await signIn()).tokens;
    clock.advance(1_000);
    const stolen = (await signIn()).tokens;
    await auth.sessions.renew(stolen.refresh, 'laptop', HOME);
    await said(auth.sessions.renew(stolen.refresh, 'another device', ELSEWHERE));
    clock.advance(7 * DAY_MS);
    await auth.sessions.recordAged();
    assert.deepEqual(await own(), [`signed_out ${left.sessionId}`, `renewal_reused ${stolen.sessionId}`]);
  });

  test('AU-13 operators stand there by their own names', async () => {
    const tom = 'a key that is Tom’s alone, and long enough';
    const key = (id: string, secret: string) => ({ id, key: { reveal: () => secret } });
    const operatorKeys = [key(OPERATOR, addressOf('SPEC_OPERATOR_KEY')), key('tom', tom)];
    await using both = await openTestAuth({ clock, config: { operatorKeys } });
    for (const shown of [tom, addressOf('SPEC_OPERATOR_KEY')])
      await both.provisioning.setPlan(await both.provisioning.recognise(shown, HOME), tenantId, 'mid');
    const entries = await auth.audit.read(owner, { limit: 2 });
    assert.deepEqual(
      entries.map(({ by }) => by),
      [OPERATOR, 'tom'].map((id) => ({ kind: 'operator', id })),
    );
    assert.equal(await said(auth.provisioning.recognise(tom, ELSEWHERE)), 'operator_unknown');
  });
});
