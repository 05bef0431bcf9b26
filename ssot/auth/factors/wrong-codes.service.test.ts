import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { URI, type TOTP } from 'otpauth';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { Network } from '../../../world/actors/network';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import type { Acting, Auth, Operator } from '../contract';

const MINUTE_MS = 60_000;
const clock = new ControlledClock();

describe('wrong codes of a second factor', () => {
  let auth: Auth;
  let operator: Operator;
  before(async () => {
    auth = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), new Network().address());
  });

  /** Somebody whose device proves itself again, with codes of their app or with wrong ones. */
  async function dana() {
    const [email, address] = [`${stores.ids.next('req')}@acme.example`, new Network().address()];
    const owner = { name: 'Dana', email, password: PASSWORD };
    await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'free', owner });
    const { tokens } = await auth.signIn.withPassword({ email, password: PASSWORD, device: 'laptop', address });
    const by: Acting = { principal: await auth.tokens.check(tokens.access, 'person', address), address };
    const app = URI.parse((await auth.factors.enrolTotp(by)).uri) as TOTP;
    const code = (): string => app.generate({ timestamp: clock.now() });
    await auth.factors.confirmTotp(by, code());
    clock.advance(MINUTE_MS);
    const wrong = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i++)
        assert.equal(await said(auth.factors.stepUp(by, { code: '000000' })), 'code_invalid');
    };
    const right = (): Promise<unknown> => auth.factors.stepUp(by, { code: code() });
    return { wrong, right };
  }

  test('AU-09 the tenth wrong code within 15 minutes of the first pauses the factor', async () => {
    const { wrong, right } = await dana();
    await wrong(9);
    clock.advance(15 * MINUTE_MS - 1);
    await wrong(1);
    await assert.rejects(right(), {
      ...{ code: 'rate_limited', retryable: true, retryAfterMs: 15 * MINUTE_MS },
      ...{ message: 'Too many codes were wrong. Wait before the next one.' },
      limit: { name: 'wrongCodesPerFactor', max: 10 },
    });
    clock.advance(15 * MINUTE_MS - 1);
    await assert.rejects(right(), { code: 'rate_limited', retryAfterMs: 1 });
    clock.advance(1);
    assert.equal(await said(right()), 'fine');
  });

  test('AU-09 a wrong code 15 minutes after the first is the first of new ones', async () => {
    const { wrong, right } = await dana();
    await wrong(9);
    clock.advance(15 * MINUTE_MS);
    await wrong(9);
    assert.equal(await said(right()), 'fine');
  });

  test('AU-09 a right code forgets the wrong ones before it', async () => {
    const { wrong, right } = await dana();
    for (let round = 0; round < 2; round++) {
      await wrong(9);
      assert.equal(await said(right()), 'fine');
      clock.advance(MINUTE_MS);
    }
  });
});
