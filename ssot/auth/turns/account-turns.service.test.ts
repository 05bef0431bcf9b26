import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { stores } from '../../../support/module-tests/stores';
import { Network } from '../../../world/actors/network';
import { addressOf } from '../../../world/settings';
import type { TenantId, UserId } from '../../kernel';
import type { Acting, Auth } from '../contract';

const MANY = 150;

/** An owner of a company of their own, known where they come from. */
interface Owner {
  readonly tenantId: TenantId;
  readonly userId: UserId;
  readonly by: Acting;
  renew(): Promise<unknown>;
}

describe('what a company does by the hundred', () => {
  let auth: Auth;
  before(async () => {
    await stores.redis().ping();
    auth = await openTestAuth({ isTimeZone: () => Promise.resolve(true) });
  });

  async function owner(): Promise<Owner> {
    const address = new Network().address();
    const operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), address);
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const email = `${stores.ids.next('req')}@acme.example`;
    const person = { name: 'Dana', email, password: PASSWORD, role: 'owner' } as const;
    const userId = await auth.provisioning.addPerson(operator, tenantId, person);
    const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address });
    const renew = (): Promise<unknown> => auth.sessions.renew(tokens.refresh, 'laptop', address);
    return {
      tenantId,
      userId,
      by: { principal: await auth.tokens.check(tokens.access, 'person', address), address },
      renew,
    };
  }

  const FLOODS: Readonly<Record<string, (by: Owner, i: number) => Promise<unknown>>> = {
    'sets its time zone': ({ by }, i) => auth.accounts.setTimeZone(by, i % 2 === 0 ? 'UTC' : 'Europe/Berlin'),
    'lists its people': ({ by }) => auth.accounts.list(by, { limit: 50 }),
    'makes API keys': ({ by }, i) => auth.apiKeys.create(by, { name: `Key ${i}`, scopes: ['usage:read'] }),
    'asks for its second factor': ({ by }) => auth.factors.enrolTotp(by),
    'has questions that look up what it may': ({ tenantId, userId }) => auth.accounts.contextFor(tenantId, userId),
    'has questions that look up its time zone': ({ tenantId }) => auth.accounts.zoneOf(tenantId),
  };
  const WAITING: Readonly<Record<string, (other: Owner) => Promise<unknown>>> = {
    // As many turns at the door as a sign-in, and no password to be hashed meanwhile.
    'who renews their sign-in': ({ renew }) => renew(),
    "who manages another company's people": ({ by }) => auth.accounts.list(by, { limit: 50 }),
  };
  const cases = Object.entries(FLOODS).flatMap((flood) =>
    Object.entries(WAITING).map((wait) => [flood, wait] as const),
  );
  for (const [[what, act], [who, wait]] of cases) {
    test(`AU-05 a company that ${what} keeps nobody waiting ${who}`, async () => {
      const [busy, other] = [await owner(), await owner()];
      let done = 0;
      const all = Array.from({ length: MANY }, (_, i) =>
        act(busy, i).then(
          () => (done += 1),
          () => (done += 1),
        ),
      );
      const before = done;
      await wait(other);
      const meanwhile = done - before;
      await Promise.all(all);
      assert(meanwhile < MANY / 2, `${meanwhile} of ${MANY} came first`);
    });
  }
});
