import { deepEqual, ok } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Analyst } from '../../../support/module-tests/agent-registry/analyse';
import { longNames } from '../../../support/module-tests/agent-registry/long-names';
import { RecordedUsage } from '../../../support/module-tests/agent-registry/recorded-usage';
import type { Report } from '../steps/analysis';

const MAX_BYTES = 32_000;
const bytesOf = (report: Report): number => Buffer.byteLength(JSON.stringify(report));

function longestIn({ findings, byModel, unpriced }: Report): number {
  const names = [
    ...findings.flatMap(({ provider, model, feature, smaller = '' }) => [provider, model, feature, smaller]),
    ...byModel.flatMap(({ provider, model }) => [provider, model]),
    ...unpriced,
  ];
  return Math.max(...names.map(({ length }) => length));
}

describe('names in a report', () => {
  for (const [what, models, character, shown] of [
    ['a few models', 10, 'x', 128],
    ['many models', 50, 'x', 65],
    ['more than are named', 150, 'x', 65],
    ['letters of four bytes', 50, '😀', 33],
    ['the widest there are', 50, '\0', 9],
  ] as const) {
    test(`AG-13 are shown shorter only as far as the report needs it: ${what}`, async () => {
      const report = await new Analyst(longNames(new RecordedUsage(), models, 128, character)).report(
        'Where does our money go?',
      );
      deepEqual([longestIn(report), bytesOf(report) <= MAX_BYTES], [shown, true]);
    });
  }

  for (const [bytes, shown] of [
    [MAX_BYTES, 128],
    [MAX_BYTES + 1, 65],
  ] as const) {
    test(`AG-13 have ${shown} characters when the report would be ${bytes} bytes long`, async () => {
      const analyst = new Analyst(longNames(new RecordedUsage(), 22, 128, 'x'));
      const less = bytesOf(await analyst.report('Cost?'));
      const report = await analyst.report(`Cost?${'?'.repeat(bytes - less)}`);
      deepEqual(longestIn(report), shown);
      ok(bytesOf(report) <= MAX_BYTES);
    });
  }
});
