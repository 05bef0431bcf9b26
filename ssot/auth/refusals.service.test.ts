import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { URI, type TOTP } from 'otpauth';
import { openTestAuth, PASSWORD } from '../../support/module-tests/auth/auth';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import { Network } from '../../world/actors/network';
import { addressOf } from '../../world/settings';
import { vouchFor, type TenantId, type UserId } from '../kernel';
import type { Acting, Auth, AuthError, NewPerson, OidcConnection, Operator, TokenPair } from '.';
import type { NewApiKey } from './api-keys/api-keys';
import type { Role } from './roles';

const clock = new ControlledClock();
const LONG = 'x'.repeat(1_001);
const KEY: NewApiKey = { name: 'Nightly', scopes: ['usage:read'] };
const CONNECTION: OidcConnection = {
  ...{ issuer: 'https://login.example', clientId: 'acme', clientSecret: 'a secret', newPeople: 'members' },
};

interface Somebody extends Acting {
  readonly userId: UserId;
  readonly email: string;
  readonly tokens: TokenPair;
}

describe('whoever is refused', () => {
  let auth: Auth;
  let operator: Operator;
  let acme: TenantId;
  let olga: Somebody;
  let ada: Somebody;
  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), new Network().address());
    acme = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    [olga, ada] = [await somebody('owner'), await somebody('administrator')];
  });

  const newcomer = (more: Partial<NewPerson> = {}): NewPerson => ({
    ...{ name: 'Dana', email: `${stores.ids.next('req')}@acme.example`, password: PASSWORD, role: 'member' },
    ...more,
  });

  async function somebody(role: Role, company = acme): Promise<Somebody> {
    const [person, address] = [newcomer({ role }), new Network().address()];
    const userId = await auth.provisioning.addPerson(operator, company, person);
    const { tokens } = await auth.signIn.withPassword({ ...person, device: 'laptop', address });
    const principal = await auth.tokens.check(tokens.access, 'person', address);
    return { userId, email: person.email, tokens, address, principal };
  }

  const nobody = (): UserId => stores.ids.next('user');
  const nowhere = (): TenantId => stores.ids.next('tenant');
  const unknown = () => vouchFor({ tenantId: acme, userId: nobody(), plan: 'free', permissions: [] });
  const signIn = (email: string, password: string): Promise<unknown> =>
    auth.signIn.withPassword({ email, password, device: 'laptop', address: new Network().address() });

  /** What is tried, and as what it is refused: the code, the field that is wrong, and the words. */
  const refused: readonly (readonly [what: string, act: () => Promise<unknown>, as: string])[] = [
    [
      'the e-mail of somebody else, told to an administrator',
      () => auth.accounts.add(ada, newcomer({ email: olga.email })),
      'invalid_input email: This e-mail cannot be used here. Use another one, or ask the operators of the platform.',
    ],
    [
      'the e-mail of somebody else, told to an operator',
      () => auth.provisioning.addPerson(operator, acme, newcomer({ email: olga.email.toUpperCase() })),
      'email_taken email: Somebody has this e-mail already.',
    ],
    [
      'no e-mail',
      () => auth.accounts.add(ada, newcomer({ email: 'dana' })),
      'invalid_input email: "email" is not valid: Invalid email address.',
    ],
    [
      'a long name',
      () => auth.accounts.add(ada, newcomer({ name: 'x'.repeat(201) })),
      'invalid_input name: "name" must have at most 200 characters.',
    ],
    [
      'an owner made by an administrator',
      () => auth.accounts.add(ada, newcomer({ role: 'owner' })),
      'not_allowed: This needs the permission "owners:manage". Ask an administrator of your company for it.',
    ],
    [
      'a person of no company',
      () => auth.provisioning.addPerson(operator, nowhere(), newcomer()),
      'not_found tenantId: There is no such company.',
    ],
    [
      'a plan for no company',
      () => auth.provisioning.setPlan(operator, nowhere(), 'mid'),
      'not_found tenantId: There is no such company.',
    ],
    [
      'no company suspended',
      () => auth.provisioning.suspendTenant(operator, nowhere()),
      'not_found tenantId: There is no such company.',
    ],
    [
      'no company restored',
      () => auth.provisioning.restoreTenant(operator, nowhere()),
      'not_found tenantId: There is no such company.',
    ],
    [
      'a role for nobody',
      () => auth.accounts.setRole(ada, nobody(), 'member'),
      'not_found userId: There is no such person in your company.',
    ],
    [
      'nobody removed',
      () => auth.accounts.remove(ada, nobody()),
      'not_found userId: There is no such person in your company.',
    ],
    [
      'a password for nobody',
      () => auth.accounts.setPassword(ada, nobody(), PASSWORD),
      'not_found userId: There is no such person in your company.',
    ],
    ['rights of nobody', () => auth.accounts.contextFor(acme, nobody()), 'not_found: There is no such person.'],
    ['the profile of nobody', () => auth.accounts.profile(unknown()), 'not_found: There is no such person.'],
    [
      'what only looks like an operator',
      () => auth.provisioning.createTenant({ ...operator }, { name: 'Birch', plan: 'free' }),
      'operator_unknown: This needs the credential of an operator of the platform.',
    ],
    [
      'no key of an operator',
      () => auth.provisioning.recognise('guess', new Network().address()),
      'operator_unknown: This needs the credential of an operator of the platform.',
    ],
    [
      'the own password set anew',
      () => auth.accounts.setPassword(ada, ada.userId, PASSWORD),
      'not_allowed: Your own password is changed with the present one: PUT /v1/me/password.',
    ],
    [
      'a wrong present password',
      () => auth.accounts.changePassword(ada, 'not the present one', PASSWORD),
      'invalid_credentials presentPassword: The present password is not right.',
    ],
    [
      'a wrong password',
      () => signIn(ada.email, 'not the right one'),
      'invalid_credentials: The e-mail or the password is not right.',
    ],
    [
      'an unknown e-mail',
      () => signIn('nobody@acme.example', PASSWORD),
      'invalid_credentials: The e-mail or the password is not right.',
    ],
    [
      'a key without a name',
      () => auth.apiKeys.create(ada, { ...KEY, name: ' ' }),
      'invalid_input name: "name" must not be blank.',
    ],
    [
      'a key for nothing',
      () => auth.apiKeys.create(ada, { ...KEY, scopes: [] }),
      'invalid_input scopes: "scopes" must be one or more of chat:use, usage:read, usage:write, reports:publish, each once.',
    ],
    [
      'a key for longer than a year',
      () => auth.apiKeys.create(ada, { ...KEY, days: 366 }),
      'invalid_input days: "days" must be 1 to 365.',
    ],
    [
      'no key revoked',
      () => auth.apiKeys.revoke(ada, stores.ids.next('key')),
      'not_found keyId: There is no such API key.',
    ],
    [
      'no device signed out',
      () => auth.sessions.end(ada, stores.ids.next('session')),
      'not_found sessionId: You have no such device.',
    ],
    [
      'no renewal token',
      () => auth.sessions.renew('nonsense', 'laptop', new Network().address()),
      'refresh_invalid: This renewal is not valid. Sign in again.',
    ],
    [
      'no token',
      () => auth.tokens.check('nonsense', 'any', new Network().address()),
      'token_invalid: This token is not valid here. Sign in again.',
    ],
    [
      'no set-up confirmed',
      () => auth.factors.confirmTotp(ada, '123456'),
      'not_found: There is no second factor to confirm. Set one up.',
    ],
    ['new codes without a factor', () => auth.factors.replaceBackupCodes(ada), 'not_found: There is no second factor.'],
    ['no factor removed', () => auth.factors.remove(ada, ada.userId), 'not_found: There is no second factor.'],
    [
      'a code for nothing',
      () =>
        auth.signIn.withSecondFactor({ pending: 'nonsense', code: '123456', device: 'laptop', address: ada.address }),
      'one_time_secret_invalid: This sign-in has ended. Begin again with your password.',
    ],
    [
      'a hand-over of nothing',
      () => auth.signIn.redeem({ handOver: 'x', browserKey: 'x', device: 'laptop', address: new Network().address() }),
      'one_time_secret_invalid: This sign-in has ended. Begin again.',
    ],
    [
      'an answer to nothing',
      () => auth.signIn.finish({ query: new URLSearchParams(), browserKey: 'x', address: new Network().address() }),
      'one_time_secret_invalid: This sign-in has ended. Begin again.',
    ],
    [
      'an e-mail of no provider',
      () => auth.signIn.start({ email: 'dana@nowhere.example' }),
      'not_found email: No company signs in with a provider for this e-mail. Sign in with your password.',
    ],
    [
      'a return address that is not registered',
      () => auth.signIn.start({ email: 'dana@nowhere.example' }, 'https://evil.example/'),
      'invalid_input returnTo: "returnTo" is not one of the registered addresses. Leave it out, or ask the operators to register it.',
    ],
    [
      'a provider where operators have said nothing',
      () => auth.sso.connect(olga, CONNECTION),
      'sso_unavailable: Single sign-on is not offered here yet: operators have to set PUBLIC_URL.',
    ],
    [
      'a provider without a client',
      () => auth.sso.connect(olga, { ...CONNECTION, clientId: ' ' }),
      'invalid_input clientId: "clientId" is empty or longer than 1000 characters.',
    ],
    [
      'a provider with a long secret',
      () => auth.sso.connect(olga, { ...CONNECTION, clientSecret: LONG }),
      'invalid_input clientSecret: "clientSecret" is empty or longer than 1000 characters.',
    ],
    [
      'no provider disconnected',
      () => auth.sso.disconnect(olga),
      'not_found: Your company has connected no provider. Connect one first.',
    ],
    [
      'the only way in, by who came with a password',
      () => auth.sso.enforce(olga, olga.userId),
      'sso_required: Sign in with your company’s provider first, so that it is known to work.',
    ],
    ['passwords where they count', () => auth.sso.lift(olga), 'not_found: Single sign-on is not the only way in here.'],
    [
      'no domain',
      () => auth.sso.claimDomain(olga, 'nonsense'),
      'invalid_input domain: "domain" is no name of a domain: write one such as acme.example.',
    ],
    [
      'a domain proven that is not claimed',
      () => auth.sso.proveDomain(olga, 'acme.example'),
      'not_found domain: Your company has not claimed this domain.',
    ],
    [
      'a domain dropped that is not claimed',
      () => auth.sso.dropDomain(olga, 'acme.example'),
      'not_found domain: Your company has not claimed this domain.',
    ],
    [
      'the company by another name',
      () => auth.dataDecisions.assertNamed(olga, 'acme'),
      'confirmation_wrong companyName: Write the name of your company exactly, to confirm that all of it goes.',
    ],
  ];
  for (const [what, act, as] of refused) {
    test(`AU-20 whoever is refused is told what is wrong and what to do: ${what}`, async () => {
      await assert.rejects(act, (refusal: AuthError) => {
        const { code, field, message } = refusal;
        assert.equal(`${[code, field].filter(Boolean).join(' ')}: ${message}`, as);
        return true;
      });
    });
  }

  test('AU-11 what is just right is not refused: the longest names, the shortest life of a key, the name of the company', async () => {
    await auth.accounts.add(ada, newcomer({ name: 'x'.repeat(200) }));
    await auth.apiKeys.create(ada, { ...KEY, name: 'x'.repeat(100), days: 1 });
    await auth.dataDecisions.assertNamed(olga, 'Acme');
  });

  test('AU-09 a proof that is too old, a code that is missing and one that is wrong are told apart', async () => {
    const dana = await somebody('member');
    const { uri } = await auth.factors.enrolTotp(dana);
    assert.match(uri, new RegExp(`^otpauth://totp/Agent%20chat:${dana.userId}\\?issuer=Agent%20chat&`));
    clock.advance(10 * 60_000);
    const stale = 'Prove again that it is you: your code, or your password without one.';
    await assert.rejects(auth.factors.enrolTotp(dana), { code: 'step_up_required', message: stale });
    const until = await auth.factors.stepUp(dana, { password: PASSWORD });
    assert.deepEqual(until, new Date(clock.now() + 10 * 60_000));
    const wrong = { code: 'code_invalid', field: 'code', message: 'This code is not right, or was used before.' };
    await assert.rejects(auth.factors.confirmTotp(dana, '000000'), wrong);
    const app = URI.parse(uri) as TOTP;
    await auth.factors.confirmTotp(dana, app.generate({ timestamp: clock.now() }));
    const second = 'You have a second factor. Remove it before you set up another.';
    await assert.rejects(auth.factors.enrolTotp(dana), { code: 'factor_exists', message: second });
    const missing = { code: 'code_invalid', field: 'code', message: 'Send the code of your second factor.' };
    await assert.rejects(auth.factors.stepUp(dana, { password: PASSWORD }), missing);
  });

  test('AU-04 a sign-in that was ended, and one of a suspended company, are told why', async () => {
    const birch = await auth.provisioning.createTenant(operator, { name: 'Birch', plan: 'free' });
    const [leo, mia] = [await somebody('owner', birch), await somebody('member', birch)];
    await auth.sessions.end(leo, leo.tokens.sessionId);
    const check = ({ tokens, address }: Somebody): Promise<unknown> => auth.tokens.check(tokens.access, 'any', address);
    const ended = { code: 'session_ended', message: 'This sign-in has ended. Sign in again.' };
    await assert.rejects(check(leo), ended);
    await auth.provisioning.suspendTenant(operator, birch);
    clock.advance(1_000);
    const message = 'Your company’s access was ended. Ask an administrator of your company.';
    await assert.rejects(check(mia), { code: 'access_revoked', message });
    await assert.rejects(auth.sessions.renew(mia.tokens.refresh, 'laptop', mia.address), {
      code: 'access_revoked',
      message,
    });
  });
});
