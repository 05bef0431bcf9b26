import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import type { TenantId, UserId } from '../../kernel';
import type { Acting, Auth, Operator, SignedIn } from '../contract';
import type { Role } from '../roles';

const clock = new ControlledClock();
const NEXT = 'another password that is long';
let networks = 0;

interface Somebody {
  readonly userId: UserId;
  readonly email: string;
  readonly address: string;
  signIn(password?: string): Promise<SignedIn>;
  acting(): Promise<Acting>;
}

describe('membership', () => {
  let auth: Auth;
  let elsewhere: Auth;
  let operator: Operator;

  before(async () => {
    auth = await openTestAuth({ clock });
    elsewhere = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), '198.51.100.80');
  });

  async function somebody(tenantId: TenantId, role: Role): Promise<Somebody> {
    const email = `${stores.ids.next('req')}@acme.example`;
    const address = `203.0.113.${++networks % 250}`;
    const person = { name: 'Somebody', email, password: PASSWORD, role };
    const userId = await auth.provisioning.addPerson(operator, tenantId, person);
    const signIn = (password = PASSWORD): Promise<SignedIn> =>
      auth.signIn.withPassword({ email, password, device: 'laptop', address });
    const acting = async (): Promise<Acting> => ({ principal: await known(await signIn(), address), address });
    return { userId, email, address, signIn, acting };
  }

  const known = ({ tokens }: SignedIn, address: string, by = auth) => by.tokens.check(tokens.access, 'person', address);

  async function company<R extends Role>(...roles: R[]): Promise<{ tenantId: TenantId; people: Somebody[] }> {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'early' });
    const people: Somebody[] = [];
    for (const role of roles) people.push(await somebody(tenantId, role));
    return { tenantId, people };
  }

  const rolesIn = async (by: Acting): Promise<Readonly<Record<string, Role>>> =>
    Object.fromEntries((await auth.accounts.list(by, { limit: 100 })).map(({ userId, role }) => [userId, role]));

  test('AU-11 two last owners who remove each other at once leave one owner', async () => {
    for (let round = 0; round < 5; round++) {
      const { people } = await company('owner', 'owner');
      const [one, other] = people as [Somebody, Somebody];
      const [byOne, byOther] = [await one.acting(), await other.acting()];
      const outcomes = await Promise.all([
        said(auth.accounts.remove(byOne, other.userId)),
        said(elsewhere.accounts.remove(byOther, one.userId)),
      ]);
      assert.equal(outcomes.filter((outcome) => outcome === 'fine').length, 1);
      const left = outcomes[0] === 'fine' ? byOne : byOther;
      assert.deepEqual(Object.values(await rolesIn(left)), ['owner']);
    }
  });

  test('AU-11 two last owners who step down at once leave one owner', async () => {
    const { people } = await company('owner', 'owner');
    const [one, other] = people as [Somebody, Somebody];
    const [byOne, byOther] = [await one.acting(), await other.acting()];
    const outcomes = await Promise.all([
      said(auth.accounts.setRole(byOne, one.userId, 'administrator')),
      said(elsewhere.accounts.setRole(byOther, other.userId, 'administrator')),
    ]);
    assert.deepEqual([...outcomes].sort(), ['fine', 'last_owner']);
    assert.deepEqual(Object.values(await rolesIn(byOne)).sort(), ['administrator', 'owner']);
  });

  test('AU-11 what somebody may is judged as they decide, not as they were believed a moment before', async () => {
    const { people } = await company('owner', 'administrator', 'member');
    const [owner, admin, member] = people as [Somebody, Somebody, Somebody];
    const stale = await admin.acting();
    await auth.accounts.setRole(await owner.acting(), admin.userId, 'member');
    assert.equal(await said(auth.accounts.setRole(stale, member.userId, 'administrator')), 'not_allowed');
    assert.equal(await said(auth.accounts.add(stale, newcomer())), 'not_allowed');
    assert.equal(await said(auth.accounts.setPassword(stale, member.userId, NEXT)), 'not_allowed');
    await auth.accounts.remove(await owner.acting(), admin.userId);
    assert.equal(await said(auth.accounts.remove(stale, member.userId)), 'session_ended');
  });

  test('AU-11 a role or plan holds within a second on every instance, for the token that is there', async () => {
    const { tenantId, people } = await company('owner', 'administrator');
    const [owner, admin] = people as [Somebody, Somebody];
    const signedIn = await admin.signIn();
    assert((await known(signedIn, admin.address, elsewhere)).context.permissions.includes('people:manage'));
    await auth.accounts.setRole(await owner.acting(), admin.userId, 'member');
    await auth.provisioning.setPlan(operator, tenantId, 'mid');
    assert(!(await known(signedIn, admin.address)).context.permissions.includes('people:manage'));
    clock.advance(1_000);
    const { context } = await known(signedIn, admin.address, elsewhere);
    assert.deepEqual([context.plan, context.permissions.includes('people:manage')], ['mid', false]);
  });

  test('AU-11 nobody of another company is found, whatever is asked about them', async () => {
    const acme = await company('owner');
    const birch = await company('owner', 'member');
    const by = await (acme.people[0] as Somebody).acting();
    for (const { userId } of birch.people) {
      assert.equal(await said(auth.accounts.setRole(by, userId, 'member')), 'not_found');
      assert.equal(await said(auth.accounts.remove(by, userId)), 'not_found');
      assert.equal(await said(auth.accounts.setPassword(by, userId, NEXT)), 'not_found');
    }
    const leo = birch.people[0] as Somebody;
    assert.deepEqual(Object.values(await rolesIn(await leo.acting())).sort(), ['member', 'owner']);
    await leo.signIn();
  });

  test('AU-04 whoever is removed loses their sign-ins on every instance, and nothing that opens anything is left', async () => {
    const { people } = await company('owner', 'member');
    const [owner, dana] = people as [Somebody, Somebody];
    const [one, other] = [await dana.signIn(), await dana.signIn()];
    await known(one, dana.address, elsewhere);
    const ended = await auth.accounts.remove(await owner.acting(), dana.userId);
    assert.deepEqual([...ended].sort(), [one.tokens.sessionId, other.tokens.sessionId].sort());
    assert.equal(await said(known(one, dana.address)), 'session_ended');
    clock.advance(1_000);
    assert.equal(await said(known(other, dana.address, elsewhere)), 'session_ended');
    assert.equal(await said(auth.sessions.renew(one.tokens.refresh, 'laptop', dana.address)), 'session_ended');
    assert.equal(await said(dana.signIn()), 'invalid_credentials');
    const { context } = (await owner.acting()).principal;
    assert.equal((await auth.accounts.namesOf(context, [dana.userId])).size, 0);
  });

  test('AU-05 a password that is easy to guess is stored in no way, whoever chooses it', async () => {
    const { tenantId, people } = await company('owner', 'member');
    const [owner, member] = people as [Somebody, Somebody];
    const [by, own] = [await owner.acting(), await member.acting()];
    for (const password of ['qwerty123456', 'Acme-Acme-2026']) {
      for (const attempt of [
        () => auth.accounts.changePassword(own, PASSWORD, password),
        () => auth.accounts.setPassword(by, member.userId, password),
        () => auth.accounts.add(by, { ...newcomer(), password }),
        () => auth.provisioning.addPerson(operator, tenantId, { ...newcomer(), password }),
        () =>
          auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'free', owner: { ...newcomer(), password } }),
      ]) {
        await assert.rejects(attempt(), { code: 'weak_password', field: 'password' });
      }
    }
    await member.signIn();
  });

  test('AU-05 a password stays until it is changed: it signs in after three years', async () => {
    const { people } = await company('member');
    clock.advance(3 * 366 * 86_400_000);
    await (people[0] as Somebody).signIn();
  });

  test('AU-05 a password set by an administrator ends all sign-ins, and only the new one works', async () => {
    const { people } = await company('administrator', 'member');
    const [admin, dana] = people as [Somebody, Somebody];
    const before = await dana.signIn();
    assert.deepEqual(await auth.accounts.setPassword(await admin.acting(), dana.userId, NEXT), [
      before.tokens.sessionId,
    ]);
    assert.equal(await said(known(before, dana.address)), 'session_ended');
    assert.equal(await said(dana.signIn()), 'invalid_credentials');
    await dana.signIn(NEXT);
  });

  test('AU-05 one changes a password with the present one, and stays signed in where one did', async () => {
    const { people } = await company('member');
    const [dana] = people as [Somebody];
    const [here, there] = [await dana.signIn(), await dana.signIn()];
    const by = { principal: await known(here, dana.address), address: dana.address };
    assert.equal(await said(auth.accounts.changePassword(by, 'not the present one', NEXT)), 'invalid_credentials');
    assert.equal(await said(auth.accounts.changePassword(by, PASSWORD, 'too short')), 'weak_password');
    assert.deepEqual(await auth.accounts.changePassword(by, PASSWORD, NEXT), [there.tokens.sessionId]);
    assert.equal(await said(known(here, dana.address)), 'fine');
    assert.equal(await said(known(there, dana.address)), 'session_ended');
    await dana.signIn(NEXT);
    assert.equal(await said(dana.signIn()), 'invalid_credentials');
  });

  test('AU-05 the present password is not to be guessed by whoever has found a device', async () => {
    const { people } = await company('member');
    const [dana] = people as [Somebody];
    const by = await dana.acting();
    const outcomes: string[] = [];
    for (let i = 0; i < 6; i++)
      outcomes.push(await said(auth.accounts.changePassword(by, `a wrong guess no ${i}`, NEXT)));
    assert.deepEqual(outcomes, [...Array<string>(5).fill('invalid_credentials'), 'rate_limited']);
  });

  test('AU-11 an administrator learns nothing of who else uses the platform', async () => {
    const acme = await company('administrator');
    const birch = await company('member');
    const by = await (acme.people[0] as Somebody).acting();
    const [leo] = birch.people as [Somebody];
    const taken = { ...newcomer(), email: leo.email.toUpperCase() };
    assert.equal(await said(auth.accounts.add(by, taken)), 'invalid_input');
    await assert.rejects(auth.accounts.add(by, taken), (refusal: Error) => !/already|somebody/i.test(refusal.message));
  });

  test('AU-11 the list of people says who they are, in the order of their coming, and its pages meet everybody once', async () => {
    const { people } = await company('owner', 'member', 'member');
    const by = await (people[0] as Somebody).acting();
    const first = await auth.accounts.list(by, { limit: 2 });
    const rest = await auth.accounts.list(by, { limit: 2, after: first[1]?.userId as UserId });
    const createdAt = new Date(clock.now());
    const listed = people.map(({ userId, email }, i) => {
      return { userId, email, name: 'Somebody', role: i === 0 ? 'owner' : 'member', createdAt };
    });
    assert.deepEqual([first, rest], [listed.slice(0, 2), listed.slice(2)]);
  });

  for (const [what, changed, code] of [
    ['a name of blanks', { name: '  ' }, 'invalid_input'],
    ['half a character in a name', { name: 'Dana \ud83d' }, 'invalid_input'],
    ['no e-mail', { email: 'dana' }, 'invalid_input'],
    ['a short password', { password: 'short' }, 'weak_password'],
    ["a role beyond one's own", { role: 'owner' }, 'not_allowed'],
  ] as const) {
    test(`AU-11 what is refused leaves nobody behind: ${what}`, async () => {
      const { people } = await company('administrator');
      const by = await (people[0] as Somebody).acting();
      assert.equal(await said(auth.accounts.add(by, { ...newcomer(), ...changed })), code);
      assert.equal(Object.keys(await rolesIn(by)).length, 1);
    });
  }

  test('AU-13 people, roles and passwords stand in the trail, and what was refused does not', async () => {
    const { people } = await company('owner');
    const [owner] = people as [Somebody];
    const by = await owner.acting();
    const ravi = await auth.accounts.add(by, newcomer());
    await auth.accounts.setRole(by, ravi, 'administrator');
    await auth.accounts.setRole(by, ravi, 'administrator');
    await auth.accounts.setPassword(by, ravi, NEXT);
    await said(auth.accounts.setRole(by, owner.userId, 'member'));
    await auth.accounts.remove(by, ravi);
    const entries = (await auth.audit.read(by.principal.context, { limit: 4 })).toReversed();
    assert.deepEqual(
      entries.map(({ action, subject, details }) => ({ action, subject, details })),
      [
        { action: 'person_added', subject: ravi, details: { role: 'member' } },
        { action: 'role_changed', subject: ravi, details: { from: 'member', to: 'administrator' } },
        { action: 'password_changed', subject: ravi, details: {} },
        { action: 'person_removed', subject: ravi, details: { role: 'administrator' } },
      ],
    );
    assert(entries.every(({ by: { id }, address }) => id === owner.userId && address === owner.address));
  });
});

function newcomer(): { name: string; email: string; password: string; role: 'member' } {
  return { name: 'Ravi', email: `${stores.ids.next('req')}@acme.example`, password: PASSWORD, role: 'member' };
}
