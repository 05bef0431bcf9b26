import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { openTestAuth, PASSWORD } from '../../../support/module-tests/auth/auth';
import { slowStoring } from '../../../support/module-tests/auth/slow-storing';
import { asFarAsItComes } from '../../../support/module-tests/auth/waiting';
import { said } from '../../../support/module-tests/said';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { addressOf } from '../../../world/settings';
import type { Acting, Auth, Operator, SignedIn } from '../contract';

const MINUTE_MS = 60_000;
const HOME = '198.51.100.97';
const clock = new ControlledClock();

interface Person {
  signIn(deviceName?: string, by?: Auth): Promise<SignedIn>;
  /** As one of their sign-ins asks. */
  acting(by: SignedIn): Promise<Acting>;
}

describe('own sign-ins', () => {
  let auth: Auth;
  let elsewhere: Auth;
  let operator: Operator;

  before(async () => {
    auth = await openTestAuth({ clock });
    elsewhere = await openTestAuth({ clock });
    operator = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), HOME);
  });

  async function person(): Promise<Person> {
    const tenantId = await auth.provisioning.createTenant(operator, { name: 'Acme', plan: 'enterprise' });
    const email = `${stores.ids.next('req')}@acme.example`;
    await auth.provisioning.addPerson(operator, tenantId, { name: 'Dana', email, password: PASSWORD, role: 'owner' });
    return {
      signIn: (deviceName, by = auth) =>
        by.signIn.withPassword({ email, password: PASSWORD, device: 'browser', deviceName, address: HOME }),
      acting: async ({ tokens }) => ({
        principal: await auth.tokens.check(tokens.access, 'person', HOME),
        address: HOME,
      }),
    };
  }

  const call = ({ tokens }: SignedIn, by = auth): Promise<string> =>
    said(by.tokens.check(tokens.access, 'person', HOME));
  const renew = ({ tokens }: SignedIn): Promise<string> => said(auth.sessions.renew(tokens.refresh, 'browser', HOME));

  test('AU-04 the list of devices tells of each what it is, since when it is signed in and when it was used last', async () => {
    const dana = await person();
    const laptop = await dana.signIn('Firefox on Linux');
    const [began, later] = [clock.now(), 5 * MINUTE_MS];
    clock.advance(MINUTE_MS);
    const program = await dana.signIn();
    clock.advance(later - MINUTE_MS);
    await auth.sessions.renew(laptop.tokens.refresh, 'browser', HOME);
    const listed = await auth.sessions.list(await dana.acting(program));
    const after = (ms: number): Date => new Date(began + ms);
    assert.deepEqual(listed, [
      {
        ...{ sessionId: laptop.tokens.sessionId, deviceName: 'Firefox on Linux', methods: ['pwd'] },
        ...{ signedInAt: after(0), lastUsedAt: after(later) },
      },
      {
        ...{ sessionId: program.tokens.sessionId, deviceName: null, methods: ['pwd'] },
        ...{ signedInAt: after(MINUTE_MS), lastUsedAt: after(MINUTE_MS) },
      },
    ]);
  });

  test('AU-04 what has ended, by itself or by somebody, is not listed, nor what is somebody else’s', async () => {
    const [dana, leo] = [await person(), await person()];
    const [lost, gone, left] = [await dana.signIn(), await dana.signIn(), await dana.signIn()];
    await leo.signIn();
    await auth.sessions.end(await dana.acting(gone), gone.tokens.sessionId);
    const listed = async (by: SignedIn): Promise<readonly string[]> =>
      (await auth.sessions.list(await dana.acting(by))).map(({ sessionId }) => sessionId);
    assert.deepEqual((await listed(left)).toSorted(), [lost.tokens.sessionId, left.tokens.sessionId].toSorted());
    clock.advance(6 * 86_400_000);
    const { refresh } = await auth.sessions.renew(left.tokens.refresh, 'browser', HOME);
    clock.advance(86_400_000);
    // Whoever signs in anew has noted what has aged out; a renewal has not.
    const renewed = { ...left, tokens: await auth.sessions.renew(refresh, 'browser', HOME) };
    assert.deepEqual(await listed(renewed), [left.tokens.sessionId]);
    const again = await dana.signIn();
    assert.deepEqual(await listed(again), [again.tokens.sessionId, left.tokens.sessionId]);
  });

  test('AU-04 a device that is signed out from another one loses calls and renewal, on every instance within a second', async () => {
    const dana = await person();
    const [phone, laptop] = [await dana.signIn(), await dana.signIn()];
    assert.equal(await call(laptop, elsewhere), 'fine');
    await auth.sessions.end(await dana.acting(phone), laptop.tokens.sessionId);
    assert.deepEqual([await call(laptop), await renew(laptop)], ['session_ended', 'session_ended']);
    clock.advance(1_000);
    assert.equal(await call(laptop, elsewhere), 'session_ended');
    assert.deepEqual([await call(phone), await renew(phone)], ['fine', 'fine']);
  });

  test('AU-09 a device that was left open signs out itself, and no other', async () => {
    const dana = await person();
    const [open, other] = [await dana.signIn(), await dana.signIn()];
    clock.advance(10 * MINUTE_MS);
    const by = await dana.acting(open);
    assert.equal(await said(auth.sessions.end(by, other.tokens.sessionId)), 'step_up_required');
    assert.equal(await said(auth.sessions.endOthers(by)), 'step_up_required');
    assert.equal(await call(other), 'fine');
    await auth.factors.stepUp(by, { password: PASSWORD });
    assert.equal(await said(auth.sessions.end(by, other.tokens.sessionId)), 'fine');
    clock.advance(10 * MINUTE_MS);
    const late = await dana.signIn();
    clock.advance(10 * MINUTE_MS);
    assert.equal(await said(auth.sessions.end(await dana.acting(late), late.tokens.sessionId)), 'fine');
  });

  test('AU-04 all other devices are signed out at once, each with its entry, and this one goes on', async () => {
    const dana = await person();
    const others = [await dana.signIn(), await dana.signIn()];
    const own = await dana.signIn();
    const by = await dana.acting(own);
    const ended = await auth.sessions.endOthers(by);
    const ids = others.map(({ tokens }) => tokens.sessionId);
    assert.deepEqual(ended.toSorted(), ids.toSorted());
    for (const other of others)
      assert.deepEqual([await call(other), await renew(other)], ['session_ended', 'session_ended']);
    assert.deepEqual([await call(own), await renew(own)], ['fine', 'fine']);
    const entries = await auth.audit.readOwn(by.principal.context, { limit: 2 });
    assert.deepEqual(
      entries.map(({ action, subject }) => `${action} ${subject}`).toSorted(),
      ids.map((id) => `signed_out ${id}`).toSorted(),
    );
    assert.deepEqual(await auth.sessions.endOthers(by), []);
  });

  test('AU-10 all other devices are signed out, and the one that is signing in at that moment', async () => {
    const dana = await person();
    const by = await dana.acting(await dana.signIn());
    const slow = await slowStoring();
    const instance = await openTestAuth({ clock, db: slow.db });
    const held = slow.hold('before it commits');
    const signingIn = dana.signIn('Firefox on Linux', instance);
    await held.reached;
    const ending = auth.sessions.endOthers(by);
    await asFarAsItComes(ending);
    held.go();
    const { tokens } = await signingIn;
    assert.deepEqual(await ending, [tokens.sessionId]);
    assert.equal(await renew({ tokens } as SignedIn), 'session_ended');
  });

  test('AU-04 nobody signs out what is somebody else’s: it looks like what never was', async () => {
    const [dana, leo] = [await person(), await person()];
    const [hers, his] = [await dana.signIn(), await leo.signIn()];
    assert.equal(await said(auth.sessions.end(await leo.acting(his), hers.tokens.sessionId)), 'not_found');
    assert.equal(await said(auth.sessions.end(await leo.acting(his), stores.ids.next('session'))), 'not_found');
    await auth.sessions.endOthers(await leo.acting(his));
    assert.equal(await call(hers), 'fine');
  });
});
