import { createClient } from '@clickhouse/client';
import { pause, systemClock } from '../../ssot/kernel';
import { Instance } from '../../world/operations/instance';
import { ask, open, type Asked } from './asking-device';
import { gather, signInAll, type Member } from './crowd';
import type { Row } from '../figures/row';

const PEOPLE = process.env['BENCH_QUICK'] === '1' ? 10 : 100;
const USAGE_ROWS = process.env['BENCH_QUICK'] === '1' ? 100_000 : 1_000_000;
/** Everybody asks once in this time, one after the other. */
const MINUTE_MS = 60_000;
const TARGETS = { startMs: 500, answerMs: 5_000 };

type Measured = 'startMs' | 'answerMs';

/**
 * What people of four companies wait for, from sending a question to reading its start and its answer, over two instances
 * and usage of a million rows. Devices, instances and stores share the machine.
 */
export async function askingCrowd(say: (progress: string) => void): Promise<Row[]> {
  await using stack = new AsyncDisposableStack();
  const instances = [stack.use(await Instance.start()), stack.use(await Instance.start())];
  const [first] = instances as [Instance, Instance];
  const { url } = first;
  const members = await gather(PEOPLE, first, String(process.env['SPEC_OPERATOR_KEY']));
  await signInAll(members, url);
  say(`${PEOPLE} people of 4 companies are there; ${await multiplyUsage(members)} usage rows`);
  const devices = await Promise.all(members.map((member, place) => open(member, instances[place % 2]?.url ?? url)));
  stack.defer(() => Promise.all(devices.map((device) => device.lose())).then(() => undefined));

  const byTurns = await Promise.all(
    devices.map(async (device, place) => {
      await pause(systemClock, (place * MINUTE_MS) / devices.length);
      return ask(device);
    }),
  );
  say('everybody has asked once within a minute');
  const atOnce = await Promise.all(devices.map((device) => ask(device)));
  const within = (what: Measured, name: string): Row => ({
    name: `95 % of ${PEOPLE} people who ask within a minute see ${name} within`,
    ours: p95(byTurns, what),
    unit: 'ms',
    target: `${TARGETS[what]} ms`,
    met: p95(byTurns, what) <= TARGETS[what],
  });
  const untargeted = (what: Measured, name: string): Row => ({
    name: `the same, all asking at once: ${name}`,
    ...{ ours: p95(atOnce, what), unit: 'ms', target: '', met: true },
  });
  return [
    within('startMs', 'the start'),
    within('answerMs', 'the answer'),
    {
      ...{ name: 'of these, questions that failed', ours: failed(byTurns), unit: '', target: 'none' },
      met: failed(byTurns) === 0,
    },
    untargeted('startMs', 'the start'),
    untargeted('answerMs', 'the answer'),
    {
      ...{ name: 'of these, questions that failed', ours: failed(atOnce), unit: '', target: 'none' },
      met: failed(atOnce) === 0,
    },
  ];
}

/** The first company's month of usage, over and over, in every company's name. */
async function multiplyUsage(members: readonly Member[]): Promise<string> {
  const history = createClient({ url: String(process.env['SPEC_CLICKHOUSE_URL']) });
  try {
    const tenants = [...new Set(members.map(({ tenantId }) => tenantId))];
    const [from = ''] = tenants;
    const count = async (): Promise<number> => {
      const answer = await history.query({
        query: 'select count() as rows from usage where tenant_id in {tenants:Array(String)}',
        query_params: { tenants },
        format: 'JSONEachRow',
      });
      const [found] = await answer.json<{ rows: string }>();
      return Number(found?.rows);
    };
    const times = Math.ceil(USAGE_ROWS / tenants.length / (await count()));
    for (const tenant of tenants) {
      await history.command({
        query: `insert into usage select * except (copy) replace (concat(event_id, ' copy ', toString(copy)) as event_id,
            {tenant:String} as tenant_id)
          from (select * from usage where tenant_id = {from:String} and event_id not like '% copy %') own
            cross join (select number as copy from numbers({times:UInt32})) copies`,
        query_params: { tenant, from, times },
      });
    }
    return (await count()).toLocaleString('en');
  } finally {
    await history.close();
  }
}

function failed(asked: readonly Asked[]): number {
  return asked.filter(({ isAnswered }) => !isAnswered).length;
}

function p95(asked: readonly Asked[], what: Measured): number {
  const sorted = asked.map((one) => one[what]).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Infinity;
}
