import { expect } from 'chai';
import { describe, it } from 'node:test';
import { changedFiles, isCurrent, merge, type StateNow } from './merge';
import type { SpecificationResult } from './specification-mutants';
import { isProven, summary, unproven } from './summary';
import type { SystemMutant } from './system-mutants';

const now: StateNow = {
  module: 'billing',
  moduleHash: 'm1',
  stepsHash: 's1',
  files: { 'ssot/billing/bill.ts': 'f1', 'ssot/billing/rate.ts': 'f2' },
  scenarios: [
    { location: 'features/b.feature:9', key: 'BI-02 / Toothless', contentHash: 'c2' },
    { location: 'features/b.feature:3', key: 'BI-01 / A bill adds up', contentHash: 'c1' },
  ],
};
const mutant = (line: number, status: SystemMutant['status'], ...killedBy: string[]): SystemMutant => ({
  file: 'ssot/billing/bill.ts',
  line,
  mutator: 'EqualityOperator',
  original: 'a > b',
  replacement: 'a >= b',
  status,
  killedBy,
});
const value = (to: string, outcome: SpecificationResult['outcome']): SpecificationResult => ({
  scenario: 'features/b.feature:3',
  step: 'the bill is 6',
  from: '6',
  to,
  outcome,
});
const system = [
  mutant(7, 'Survived'),
  mutant(5, 'Killed', 'features/b.feature:3'),
  mutant(6, 'Timeout'),
  mutant(8, 'RuntimeError'),
  mutant(4, 'NoCoverage'),
];
const specification = [value('7', 'caught'), value('5', 'survived'), value('x', 'invalid')];
const record = merge(now, { system, specification, at: '2026-01-01T00:00:00.000Z', tool: 'Stryker' });

describe('the record of a proof', () => {
  it('counts a defect for every scenario that failed because of it, with examples in words', () => {
    expect(record.scenarios).to.deep.equal([
      {
        key: 'BI-01 / A bill adds up',
        contentHash: 'c1',
        caught: { system: 1, specification: 1 },
        examples: ['ssot/billing/bill.ts:5: a > b became a >= b', 'changing 6 to 7 in "the bill is 6"'],
      },
      { key: 'BI-02 / Toothless', contentHash: 'c2', caught: { system: 0, specification: 0 }, examples: [] },
    ]);
    expect(record.mutants).to.deep.equal({ total: 5, killed: 1, survived: 1, timeout: 1, noCoverage: 1, ignored: 1 });
    expect(record.survivors.map(({ line, covered }) => [line, covered])).to.deep.equal([
      [4, false],
      [7, true],
    ]);
  });

  it('is the same whatever order the defects were tried in', () => {
    const again = merge(now, {
      system: system.toReversed(),
      specification: specification.toReversed(),
      at: record.at,
      tool: record.tool,
    });
    expect(JSON.stringify(again)).to.equal(JSON.stringify(record));
  });

  it('is out of date as soon as the code, the steps or a scenario is another', () => {
    expect(isCurrent(record, now)).to.equal(true);
    expect(isCurrent(record, { ...now, moduleHash: 'm2' })).to.equal(false);
    expect(isCurrent(record, { ...now, stepsHash: 's2' })).to.equal(false);
    expect(isCurrent(record, { ...now, scenarios: now.scenarios.slice(1) })).to.equal(false);
    const files = { ...now.files, 'ssot/billing/rate.ts': 'f3', 'ssot/billing/new.ts': 'f4' };
    expect(changedFiles(record, { ...now, files })).to.deep.equal(['ssot/billing/rate.ts', 'ssot/billing/new.ts']);
  });

  it('proves nothing while one scenario noticed nothing, and says that one first', () => {
    expect(unproven(record).map(({ key }) => key)).to.deep.equal(['BI-02 / Toothless']);
    expect(isProven(record)).to.equal(false);
    const text = summary(record);
    expect(text.indexOf('BI-02')).to.be.lessThan(text.indexOf('BI-01'));
    expect(text).to.contain('changing 6 to 5 in "the bill is 6" was not noticed');
  });
});
