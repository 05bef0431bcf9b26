import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import * as argon2 from '@node-rs/argon2';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { Foreground, noMetrics } from '../../kernel';
import { Passwords, type Hasher } from '../passwords/passwords';
import { PasswordSignIn, type SignInDeps } from './sign-in';

const PASSWORD = 'a password that is long enough';
const UNKNOWN = 'nobody@acme.example';
const DANA = 'dana@acme.example';
const SUSPENDED = 'ravi@acme.example';

/** What an attempt cost: each step in its order, and every hashing with what it hashed. */
class Costs {
  readonly steps: string[] = [];
  readonly hashed: { readonly stored: string; readonly password: string }[] = [];
  readonly hasher: Hasher = {
    hash: (...asked) => argon2.hash(...asked),
    verify: async (stored, password, ...more) => {
      this.hashed.push({ stored: String(stored), password: String(password) });
      this.steps.push('hashed');
      return argon2.verify(stored, password, ...more);
    },
  };
  readonly attempts: SignInDeps['attempts'] = {
    isKnownHere: () => false,
    isKnown: () => Promise.resolve(false),
    assertAllowed: () => this.#step('allowed?'),
    recordFailure: () => this.#step('failure counted'),
    isUsedUp: () => this.#step('used up?').then(() => false),
    recordSuccess: () => this.#step('success counted'),
  };

  found<T>(accounts: T): Promise<T> {
    this.steps.push('looked up');
    return Promise.resolve(accounts);
  }

  written(): Promise<void> {
    return this.#step('written down');
  }

  #step(step: string): Promise<void> {
    this.steps.push(step);
    return Promise.resolve();
  }
}

let hashes: Promise<string> | undefined;
const NOBODY = { crowds: [], about: [] };
const storedHash = (): Promise<string> => (hashes ??= new Passwords(new ControlledClock()).hash(PASSWORD, NOBODY));

/** What a sign-in with this e-mail lives from. */
async function depsOf(email: string, more: Partial<SignInDeps>, costs: Costs): Promise<SignInDeps> {
  const password_hash = await storedHash();
  const account = { password_hash, suspended: email === SUSPENDED };
  return {
    clock: new ControlledClock(),
    attempts: costs.attempts,
    passwords: new Passwords(new ControlledClock(), costs.hasher),
    seal: { pseudonym: (text: string) => text },
    metrics: noMetrics,
    db: {
      asService: (_who: unknown, _body: unknown, options?: { readOnly: boolean }) =>
        options?.readOnly === true ? costs.found(email === UNKNOWN ? [] : [account]) : costs.written(),
    },
    ...more,
  } as unknown as SignInDeps;
}

/** What a refused sign-in with this e-mail and password cost, and what was said. */
async function refused(
  email: string,
  password: string,
  more: Partial<SignInDeps> = {},
  costs = new Costs(),
): Promise<{ costs: Costs; said: string }> {
  const deps = await depsOf(email, more, costs);
  const proof = { email, password, device: 'laptop', address: '198.51.100.1' };
  const error: unknown = await new PasswordSignIn(deps).withPassword(proof).then(
    () => assert.fail('was let in'),
    (refusal: unknown) => refusal,
  );
  return { costs, said: `${(error as { code?: string }).code}: ${String(error)}` };
}

for (const password of ['wrong', 'not the password of anybody here', 'x'.repeat(1_000)]) {
  test(`AU-05 an unknown e-mail costs the work of a known one: a password of ${password.length} characters`, async () => {
    const [known, unknown] = [await refused(DANA, password), await refused(UNKNOWN, password)];
    assert.deepEqual(unknown.costs.steps, known.costs.steps);
    assert.deepEqual(unknown.costs.steps, [
      'allowed?',
      'allowed?',
      'looked up',
      'hashed',
      'failure counted',
      'used up?',
      'written down',
    ]);
    assert.equal(unknown.said, known.said);
    const [one, other] = [known.costs.hashed[0], unknown.costs.hashed[0]];
    assert(one !== undefined && other !== undefined);
    assert.equal(one.password, other.password);
    assert.notEqual(one.stored, other.stored);
  });
}

test('AU-05 what an unknown e-mail is held against costs as many passes and as much memory as a stored password', async () => {
  const { costs } = await refused(UNKNOWN, PASSWORD);
  const costOf = (stored: string | undefined): unknown => {
    const { algorithm, version, memoryCost, timeCost, parallelism } = argon2.parseOptions(stored ?? '');
    return { algorithm, version, memoryCost, timeCost, parallelism };
  };
  assert.deepEqual(costOf(costs.hashed[0]?.stored), costOf(await storedHash()));
});

test('AU-05 a suspended company is no more told than a stranger, whatever the password is', async () => {
  const wrong = await refused(DANA, 'wrong');
  for (const password of ['wrong', PASSWORD]) {
    const { costs, said } = await refused(SUSPENDED, password);
    assert.deepEqual([costs.steps, said], [wrong.costs.steps, wrong.said]);
  }
});

for (const isKnown of [true, false]) {
  test(`AU-05 ${isKnown ? 'whoever is known where they come from' : 'no stranger'} goes before long work of companies`, async () => {
    const foreground = new Foreground();
    const costs = new Costs();
    const seen: boolean[] = [];
    const found = costs.found.bind(costs);
    costs.found = (accounts) => {
      seen.push(foreground.isBusyBeside('Acme'));
      return found(accounts);
    };
    const attempts = { ...costs.attempts, isKnown: () => Promise.resolve(isKnown) };
    await refused(DANA, 'wrong', { foreground, attempts }, costs);
    assert.deepEqual(seen, [isKnown]);
    assert.equal(foreground.isBusyBeside('Acme'), false);
  });
}

test('AU-05 of a crowd of strangers four are looked at at once, and whoever is known here waits for none of them', async () => {
  const costs = new Costs();
  const looks = Promise.withResolvers<void>();
  const looked: string[] = [];
  const attempts: SignInDeps['attempts'] = {
    ...costs.attempts,
    isKnownHere: ({ email }) => email === DANA,
    assertAllowed: ({ email = '' }) => {
      looked.push(email);
      return email === DANA ? Promise.resolve() : looks.promise;
    },
  };
  const signIn = new PasswordSignIn(await depsOf(DANA, { attempts }, costs));
  const come = (email: string, address: string): Promise<void> =>
    signIn.withPassword({ email, password: 'wrong', device: 'laptop', address }).then(
      () => assert.fail('was let in'),
      () => undefined,
    );
  const strangers = Array.from({ length: 10 }, (_, i) => come(`stranger ${i}`, `198.51.100.${i}`));
  const dana = come(DANA, '198.51.100.99');
  await turn();
  assert.deepEqual(looked, ['stranger 0', 'stranger 1', 'stranger 2', 'stranger 3', DANA]);
  looks.resolve();
  await Promise.all([dana, ...strangers]);
  // Each once before its turn, and once in it.
  assert.equal(looked.length, 2 * strangers.length + 1);
});
