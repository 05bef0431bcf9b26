import { randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import { importJWK, jwtVerify } from 'jose';
import type { Auth } from '../ssot/auth';
import { systemClock } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { Connections } from '../world/stores/connections';
import { authOn } from '../world/modules/auth/open-auth';
import { Network } from '../world/actors/network';
import { addressOf } from '../world/settings';
import { median } from './figures/median';
import type { Benchmark, Row } from './figures/row';

const ROUNDS = 9;
const CHECKS = 500;
const GUESSES = 100;
const MAX_CHECK = 1.3;
const MAX_SIGN_IN = 1.5;
const MAX_UNDER_GUESSES = 2;

export const about =
  'a token check against bare jose, a sign-in against its password hash, and beside 100 guesses; --times 15';
/** `times`: sign-ins of each kind. */
export const options = { times: 15 };

const benchmark: Benchmark = async (say, { times = 0 }) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis']), { onProgress: say });
  Object.assign(process.env, services.env);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => services.stop());
  const stores = stack.use(new Connections());
  const auth = await authOn(stores, { clock: systemClock });
  const known = await someone(auth);
  return [
    await checkAgainstJose(auth, known, say),
    await signInAgainstHash(known, times, say),
    ...(await besideGuesses(auth, known, times, say)),
  ];
};
export default benchmark;

interface Someone {
  readonly email: string;
  readonly address: string;
  signIn(): Promise<string>;
}

/** Of a company of their own, and known where they come from. */
async function someone(auth: Auth): Promise<Someone> {
  const address = new Network().address();
  const by = await auth.provisioning.recognise(addressOf('SPEC_OPERATOR_KEY'), address);
  const tenantId = await auth.provisioning.createTenant(by, { name: 'Acme', plan: 'enterprise' });
  const email = `${Network.name()}@acme.example`;
  const password = randomBytes(18).toString('base64url');
  await auth.provisioning.addPerson(by, tenantId, { name: 'Dana', email, password, role: 'member' });
  const signIn = async (): Promise<string> =>
    (await auth.signIn.withPassword({ email, password, device: 'laptop', address })).tokens.access;
  await signIn();
  return { email, address, signIn };
}

async function checkAgainstJose(auth: Auth, { address, signIn }: Someone, say: (what: string) => void): Promise<Row> {
  const token = await signIn();
  const [jwk] = auth.tokens.jwks().keys;
  const key = await importJWK(jwk ?? {}, 'ES256');
  const expected = { algorithms: ['ES256'], typ: 'at+jwt', issuer: 'urn:specification', audience: 'specification' };
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    say(`round ${round} of ${ROUNDS}: ${CHECKS} checks each`);
    const took = await cpuOf(() => auth.tokens.check(token, 'person', address), CHECKS);
    const floor = await cpuOf(() => jwtVerify(token, key, expected), CHECKS);
    if (round === 0) continue;
    ours.push(took);
    bare.push(floor);
  }
  return row('a check of a token', ours, { name: 'bare jose', values: bare }, MAX_CHECK, 'us of processor time');
}

/** Microseconds a piece, of processor time of this process: what others do on the machine is not measured. */
async function cpuOf(work: () => Promise<unknown>, count: number): Promise<number> {
  const began = process.cpuUsage();
  for (let i = 0; i < count; i += 1) await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / count;
}

async function signInAgainstHash({ signIn }: Someone, times: number, say: (what: string) => void): Promise<Row> {
  say(`${times} sign-ins`);
  const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
  const stored = await argon2.hash('a password', cost);
  const took: number[] = [];
  const hashed: number[] = [];
  for (let i = 0; i < times; i += 1) {
    took.push(await cpuOf(signIn, 1));
    hashed.push(await cpuOf(() => argon2.verify(stored, 'a password'), 1));
  }
  return row('a sign-in', took, { name: 'its password hash', values: hashed }, MAX_SIGN_IN, 'us of processor time');
}

async function besideGuesses(
  auth: Auth,
  { signIn }: Someone,
  times: number,
  say: (what: string) => void,
): Promise<readonly Row[]> {
  const victim = await someone(auth);
  const stranger = (): string => `${Network.name()}@nobody.example`;
  const home = new Network();
  const guesses = {
    'one e-mail, one network': () => ({ email: victim.email, address: home.address() }),
    'one e-mail, 100 networks': () => ({ email: victim.email, address: new Network().address() }),
    '100 e-mails, 100 networks': () => ({ email: stranger(), address: new Network().address() }),
  };
  const rows: Row[] = [];
  for (const [what, guess] of Object.entries(guesses)) {
    say(`${times} sign-ins beside ${GUESSES} guesses: ${what}`);
    const quiet: number[] = [];
    const beside: number[] = [];
    for (let i = 0; i < times; i += 1) {
      quiet.push(await msOf(signIn));
      const all = Array.from({ length: GUESSES }, () =>
        auth.signIn.withPassword({ ...guess(), password: 'a guess that is long', device: 'x' }).catch(() => undefined),
      );
      beside.push(await msOf(signIn));
      await Promise.all(all);
    }
    const name = `somebody else's sign-in beside ${GUESSES} guesses: ${what}`;
    rows.push(row(name, beside, { name: 'its quiet time', values: quiet }, MAX_UNDER_GUESSES, 'ms'));
  }
  return rows;
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function row(
  name: string,
  values: readonly number[],
  floor: { readonly name: string; readonly values: readonly number[] },
  max: number,
  unit: string,
): Row {
  const [ours, value] = [median(values), median(floor.values)];
  return { name, ours, unit, floor: { name: floor.name, value }, target: `at most ${max} x`, met: ours <= max * value };
}
