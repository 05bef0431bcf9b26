import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noMetrics, silentLogger } from '../../kernel';
import { ClockLeadMonitor } from './clock-lead';

interface Observed {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly logged: number;
}

function recordAll(leads: readonly number[]): { log: Observed[]; gauge: number[] } {
  const log: Observed[] = [];
  const gauge: number[] = [];
  const note =
    (level: Observed['level']) =>
    (facts: object, message: string): void =>
      void log.push({ level, message, logged: (facts as { leadMs: number }).leadMs });
  const monitor = new ClockLeadMonitor(
    { ...silentLogger, info: note('info'), warn: note('warn') },
    { ...noMetrics, gauge: (name, value) => void (name === 'id_lead_ms' && gauge.push(value)) },
  );
  for (const lead of leads) monitor.record(lead);
  return { log, gauge };
}

const AHEAD = 'ids are ahead of the clock; their order is kept until the clock has caught up';
const TOO_FAR = 'ids are too far ahead of the clock; their order is kept until the clock has caught up';
const FOLLOWING = 'ids follow the clock again';

for (const [lead, message] of [
  [9_999, undefined],
  [10_000, AHEAD],
  [600_000, AHEAD],
  [600_001, TOO_FAR],
] as const) {
  void test(`ID-02 operators are ${message === undefined ? 'not warned' : `warned "${message}"`} when ids run ${lead} ms ahead`, () => {
    const expected = message === undefined ? [] : [{ level: 'warn', message, logged: lead }];
    assert.deepEqual(recordAll([0, lead, lead]), { log: expected, gauge: expected.map(({ logged }) => logged) });
  });
}

void test('ID-02 operators are told each change, and at last that ids follow the clock again', () => {
  const { log, gauge } = recordAll([660_000, 600_000, 9_999]);
  assert.deepEqual(
    log.map(({ level, message }) => [level, message]),
    [
      ['warn', TOO_FAR],
      ['warn', AHEAD],
      ['info', FOLLOWING],
    ],
  );
  assert.deepEqual(gauge, [660_000, 600_000, 9_999]);
});
