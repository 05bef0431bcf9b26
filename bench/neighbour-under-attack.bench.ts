import { resolve } from 'node:path';
import type { ThreadId } from '../ssot/kernel';
import { pause, systemClock } from '../ssot/kernel';
import { platformSecrets } from '../support/services/processes/platform-process';
import { startServices } from '../support/services/start-services';
import { eventually } from '../world/eventually';
import { Evidence } from '../world/evidence';
import { HttpClient } from '../world/clients/http-client';
import { Instance } from '../world/operations/instance';
import { FLOODERS, FLOODS, FORGETTING, LEAVING, type Flood, type Flooder, type Target } from './attacks/floods';
import type { AttackersAnswers } from './attacks/attackers';
import { gatherCompany, signIn, signInAll, type Member } from './people/crowd';
import { Worker } from './connections/asking';
import { median } from './figures/median';
import { Neighbour, nothingYet, type Waited } from './people/neighbour';
import type { Benchmark, Row } from './figures/row';

const MOST_TIMES_QUIET = 2;
const BETWEEN_WAVES_MS = 100;
/** Sign-ins and questions that are not counted: until then the page is warm, and a cold quiet time would flatter us. */
const WARM_UP = 12;
/** A quiet time that has changed more than that from before the attack to after it says that others used the machine. */
const MAX_DRIFT = 1.5;
/** Until what an attack has asked for is done. */
const DRAINED_MS = 120_000;

export const about =
  "another company's sign-in and question while somebody attacks (at the lowest priority), against its own quiet time; --times 20 --attack 0 (1 to 7: one)";
/** `times`: sign-ins and questions during each attack. `attack`: one of them alone; 0: all. */
export const options = { times: 20, attack: 0 };

type Say = (progress: string) => void;

/** One attack at a time, each on an instance of its own, repeated as long as it is measured. */
const neighbourUnderAttack: Benchmark = async (say, { times = 0, attack: only = 0 }) => {
  Object.assign(process.env, platformSecrets(process.env));
  const services = await startServices(new Set(['postgres', 'redis', 'clickhouse']), { onProgress: say });
  Object.assign(process.env, services.env);
  const operatorKey = String(process.env['SPEC_OPERATOR_KEY']);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => services.stop());
  const attackers = stack.use(Worker.start<AttackersAnswers>(resolve(__dirname, 'attacks/attackers.ts')));

  const gathering = await Instance.start();
  const neighbour = await Neighbour.gather(gathering, operatorKey);
  const hostile = await gatherCompany(FLOODERS, gathering, operatorKey, { withUsage: true });
  const attacks = FLOODS.filter((_, place) => only === 0 || place === only - 1);
  const withUsage = { withUsage: true, byPerson: true };
  const leaving = attacks.includes(FORGETTING)
    ? await gatherCompany(1 + LEAVING, gathering, operatorKey, withUsage)
    : [];
  await gathering[Symbol.asyncDispose]();

  const rows: Row[] = [];
  for (const attack of attacks) {
    await using instance = await Instance.start();
    await neighbour.come(instance.url);
    await signInAll(hostile, instance.url);
    const tokens = hostile.map(({ accessToken }) => accessToken);
    const target = {
      url: instance.url,
      flooders: await threadsOf(tokens, instance.url),
      leaving: await thoseOf(attack === FORGETTING ? leaving : [], instance.url),
    };
    const before = nothingYet();
    const attacked = nothingYet();
    const after = nothingYet();
    await alternate(neighbour, instance, WARM_UP, nothingYet());
    await alternate(neighbour, instance, times, before);
    const outcome: Record<string, number> = {};
    let waves = 0;
    while (attacked.signIn.length + attacked.answer.length + attacked.failures.length < 2 * times && instance.isSound) {
      await attackers.ask('start', { attack, target });
      waves += 1;
      for (let turn = waves; turn < waves + 2 * times; turn += 1) {
        if (!instance.isSound || (await attackers.ask('isOver', null))) break;
        await neighbour.wait(turn % 2 === 0 ? 'ask' : 'sign in', instance.url, attacked);
        if (attacked.signIn.length + attacked.answer.length + attacked.failures.length >= 2 * times) break;
      }
      for (const [what, often] of Object.entries(await attackers.ask('end', null))) {
        outcome[what] = (outcome[what] ?? 0) + often;
      }
      await pause(systemClock, BETWEEN_WAVES_MS);
    }
    say(`${attack}: ${waves} waves, answered with ${JSON.stringify(outcome)}`);
    if (!instance.isSound)
      say(`the instance fell: ${instance.uncaught?.split('\n', 3).join(' ') ?? 'its process ended'}`);
    else {
      await drained(target.flooders, instance.url);
      if (attack === FORGETTING) await forgotten(leaving, instance, operatorKey);
      await alternate(neighbour, instance, times, after);
    }
    await neighbour.leave();
    sayDrift(attack, before, after, say);
    rows.push(...rowsOf(attack, both(before, after), attacked, instance, say));
  }
  return rows;
};
export default neighbourUnderAttack;

async function alternate(neighbour: Neighbour, { url }: Instance, times: number, waited: Waited): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    await neighbour.wait('sign in', url, waited);
    await neighbour.wait('ask', url, waited);
  }
}

/** All but their administrator, who is there. */
async function thoseOf([administrator, ...others]: readonly Member[], url: string): Promise<Target['leaving']> {
  if (administrator === undefined) return { token: '', userIds: [] };
  await signIn(administrator, url);
  return { token: administrator.accessToken, userIds: others.map(({ userId }) => userId) };
}

/** Waits until nothing is left of anybody who was to be forgotten. */
async function forgotten([one]: readonly Member[], { operationsUrl }: Instance, operatorKey: string): Promise<void> {
  const operator = new HttpClient(operationsUrl, 'operator', new Evidence(), operatorKey);
  const path = `/v1/operations/tenants/${one?.tenantId}/erasures`;
  await eventually(async () => {
    const { erasures } = await operator.require<{ erasures: { state: string }[] }>('get', path);
    const open = erasures.filter(({ state }) => state !== 'done').length;
    if (open > 0 || erasures.length < LEAVING) throw new Error(`${open} of ${erasures.length} are open`);
  }, DRAINED_MS);
}

async function threadsOf(tokens: readonly string[], url: string): Promise<readonly Flooder[]> {
  return Promise.all(
    tokens.map(async (token) => {
      const http = new HttpClient(url, 'attacker', new Evidence(), token);
      return { token, ...(await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title: 'Q3 spend' })) };
    }),
  );
}

/** Waits until no question of theirs is left: as many endings as questions in each thread. */
async function drained(attackers: readonly Flooder[], url: string): Promise<void> {
  const end = performance.now() + DRAINED_MS;
  for (const { token, threadId } of attackers) {
    const http = new HttpClient(url, 'attacker', new Evidence(), token);
    for (let open = 1; open > 0;) {
      if (performance.now() > end) throw new Error('the questions of the attack were not worked on in time');
      const { events } = await http.require<{ events: { type: string }[] }>(
        'get',
        `/v1/threads/${threadId}/events?limit=1000`,
      );
      const count = (...types: string[]): number => events.filter(({ type }) => types.includes(type)).length;
      open = count('user_message') - count('agent_completed', 'agent_failed', 'agent_cancelled');
      if (open > 0) await pause(systemClock, 500);
    }
  }
}

function both(one: Waited, other: Waited): Waited {
  const of = <K extends keyof Waited>(key: K): Waited[K] => [...one[key], ...other[key]] as Waited[K];
  return { signIn: of('signIn'), firstEvent: of('firstEvent'), answer: of('answer'), failures: of('failures') };
}

/** Ratios of a run whose quiet time moved by itself are worth little. */
function sayDrift(attack: Flood, before: Waited, after: Waited, say: Say): void {
  for (const [wait, name] of Object.entries(WAITS)) {
    const [first, last] = [before, after].map((quiet) => quiet[wait as keyof typeof WAITS]) as [number[], number[]];
    if (first.length === 0 || last.length === 0) continue;
    const [was, is] = [median(first), median(last)];
    if (Math.max(was, is) <= MAX_DRIFT * Math.min(was, is)) continue;
    const text = `${attack}: the quiet time of a ${name} was ${was.toFixed(1)} ms before and ${is.toFixed(1)} ms after`;
    say(`${text}; others used the machine, measure again`);
  }
}

const WAITS = { signIn: 'sign-in', firstEvent: 'first event of an answer', answer: 'answer' } as const;

function rowsOf(attack: Flood, quiet: Waited, attacked: Waited, instance: Instance, say: Say): Row[] {
  const rows = Object.entries(WAITS).map(([wait, name]) => {
    const [during, otherwise] = [attacked[wait as keyof typeof WAITS], quiet[wait as keyof typeof WAITS]];
    const [ours, floor] = during.length > 0 ? [median(during), median(otherwise)] : [Infinity, median(otherwise)];
    return {
      ...{
        name: `${attack}: ${name}`,
        ours,
        unit: `ms (p95 ${Math.round(p95(during))}, quiet ${Math.round(p95(otherwise))})`,
      },
      floor: { name: 'its quiet time', value: floor },
      ...{ target: `at most ${MOST_TIMES_QUIET} x`, met: ours <= MOST_TIMES_QUIET * floor },
    };
  });
  for (const failure of new Set(attacked.failures)) say(`${attack}: ${failure}`);
  const failed = attacked.failures.length + (instance.isSound ? 0 : 1);
  const none = {
    name: `${attack}: refused to the other company`,
    ours: failed,
    unit: '',
    target: 'none',
    met: failed === 0,
  };
  return failed === 0 ? rows : [...rows, none];
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Infinity;
}
