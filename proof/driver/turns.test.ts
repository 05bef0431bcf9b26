import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import type { Wishes } from '../command-line';
import type { Check } from '../checks/check';
import type { SystemMutant } from '../instrument/instrument';
import { proveModule, type ProvenModule } from '../prove-module';
import { catchesOf, emptyRecord, figuresOf } from '../record/record';
import type { ProofParts } from './proof';
import { Reach } from './reach';
import type { Slot } from './slot';
import type { MutantTrial } from './try-mutant';
import { Turns } from './turns';

/** A whole project in a folder of its own, with scenarios that need no service. */
const root = mkdtempSync(join(tmpdir(), 'proof-turns-'));
const WISHES: Wishes = {
  ...{ help: false, module: 'shop', workers: 1, onlyScenarios: true, onlyDefects: false },
  ...{ checkDefects: false, force: false },
};

const SOURCE = `
export function open(): { items: number[] } {
  return { items: [] };
}
export function total(items: readonly number[]): number {
  let sum = 0;
  for (const item of items) sum += item;
  return sum;
}
export function greeting(name: string): string {
  return 'Hello ' + name;
}
export function untested(value: number): number {
  return value - 1;
}
`;
const STEPS = `
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { greeting, open, total } from '../ssot/shop/shop';

Given('a basket', function () {
  assert.deepEqual((this.basket = open()).items, []);
});
When('{int} is put in', function (price: number) {
  this.basket.items.push(price);
});
Then('the total is {int}', function (sum: number) {
  assert.equal(total(this.basket.items), sum);
});
Then('Dana is greeted', function () {
  assert.equal(greeting('Dana'), 'Hello Dana');
});
Then('all is well', function () {
  greeting('Dana');
});
`;
const FEATURE = `
@chat @shop @unit
Feature: A shop
  @SH-01
  Rule: Prices add up
    Scenario: Two prices
      Given a basket
      When 3 is put in
      And 4 is put in
      Then the total is 7

    Scenario: Dana is known
      Given a basket
      Then Dana is greeted

  @SH-02
  Rule: Nothing is checked
    Scenario: All is well
      Then all is well
`;
const CUCUMBER = `
const folders = { require: ['step-definitions/*.js'], parallel: 0, publish: false };
module.exports = { default: folders, 'proof-compiled': folders };
`;
const TEST = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { untested } from './shop';
test('SH-03 takes one away', () => assert.equal(untested(2), 1));
`;

const codeOf = ({ record }: ProvenModule, part: string): number | undefined => {
  const check = [...record.checks.values()].find(({ title }) => title.includes(part));
  return catchesOf(record).get(check?.id ?? '')?.code;
};
const noticedIn = ({ record }: ProvenModule): string[] =>
  [...record.units.values()].flatMap(({ name, noticed }) => (noticed.size > 0 ? [name] : [])).sort();

const place = { kind: 'scenario', path: 'a.feature:1' } as const;
const scenario = (id: string): Check => ({ id, kind: 'scenario', title: id, place, tags: [] });
const mutant = (file: string, name: string, rank: number, mutator = 'BlockStatement'): SystemMutant => ({
  ...{ identity: `${name}/${rank}`, switch: `${name}/${rank}`, rank, file, mutator },
  unit: { hash: name, name, file, start: 0, end: 1 },
  ...{ line: 1, original: '', replacement: '' },
});

describe('what a check is asked about', () => {
  it('is first what few others of its kind reach, the strongest first, and not all of one unit or one file', () => {
    const background = Array.from({ length: 8 }, (_, at) => `sweep${at}`).map((name) =>
      mutant('background.ts', name, 0),
    );
    const open = [mutant('open.ts', 'open', 1), mutant('open.ts', 'open', 0, 'StringLiteral')];
    const shared = mutant('shared.ts', 'send', 0);
    const mutants = [...open, shared, ...background, mutant('elsewhere.ts', 'other', 0)];
    const checks = ['asked', 'second', 'third', 'fourth'].map(scenario);
    const reach = new Reach();
    const all = { [shared.identity]: 1, 'open/0': 1, 'open/1': 1 };
    const own = Object.fromEntries(background.map(({ identity }) => [identity, 1]));
    const measured = (reached: Record<string, number>) => ({ ms: 1, reached, once: [] });
    for (const { id } of checks)
      reach.measured.set(id, measured(id === 'third' ? {} : id === 'asked' ? { ...all, ...own } : all));
    const record = emptyRecord('tiny', 'Stryker 9');
    const noticedBefore = new Map([['second', ['send/0']]]);
    const turns = new Turns(
      { mutants, checks, reach, record, noticedBefore } as unknown as ProofParts,
      {} as MutantTrial,
    );
    const names = turns.mutantsFor(scenario('asked')).map(({ unit, rank }) => `${unit.name}/${rank}`);
    expect(names.slice(0, 3)).to.deep.equal(['sweep0/0', 'sweep1/0', 'sweep2/0']);
    expect(names.indexOf('send/0'), 'another file, although all reach it').to.be.lessThan(names.indexOf('sweep5/0'));
    expect(names.indexOf('open/1'), 'the stronger one').to.be.lessThan(names.indexOf('open/0'));
    expect(names).to.have.length(11);
    const [first] = turns.mutantsFor(scenario('second'));
    expect(first?.identity, 'what it noticed with other sentences').to.equal('send/0');
  });
});

describe('how long a turn is', () => {
  it('is bounded, and three times as long when it is given again', async () => {
    const mutants = Array.from({ length: 200 }, (_, at) => mutant(`${at}.ts`, `unit${at}`, 0));
    const check = scenario('asked');
    const reach = new Reach();
    const reached = Object.fromEntries(mutants.map(({ identity }) => [identity, 1]));
    reach.measured.set(check.id, { ms: 1, reached, once: [] });
    const record = emptyRecord('tiny', 'Stryker 9');
    record.checks.set(check.id, { ...check, kind: 'scenario', pending: true });
    let asked = 0;
    const notices = (): Promise<null> => {
      asked += 1;
      return Promise.resolve(null);
    };
    const trial = { notices } as unknown as MutantTrial;
    const parts = { mutants, checks: [check], reach, record, noticedBefore: new Map(), changed: () => undefined };
    const { signal } = new AbortController();
    const turns = new Turns({ ...parts, signal } as unknown as ProofParts, trial);
    await turns.give([{} as Slot], [check]);
    expect(asked).to.equal(40);
    expect(record.checks.get(check.id)?.pending).to.equal(undefined);
    await turns.give([{} as Slot], [check]);
    expect(asked).to.equal(160);
  });
});

describe('a turn for each scenario', () => {
  const files = { 'ssot/shop/shop.ts': SOURCE, 'ssot/shop/shop.test.ts': TEST, 'step-definitions/shop.ts': STEPS };
  for (const [path, text] of Object.entries({ ...files, 'features/shop.feature': FEATURE, 'cucumber.js': CUCUMBER })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  after(() => rmSync(root, { recursive: true, force: true }));

  it('asks it alone about what it mainly reaches, and beyond a failure of its set-up', async () => {
    const proven = await proveModule(WISHES, root);
    expect(noticedIn(proven)).to.deep.equal(['greeting', 'open', 'total']);
    expect(codeOf(proven, 'Two prices'), 'alone adds up').to.equal(1);
    expect(codeOf(proven, 'Dana is known'), 'first fails without a basket').to.equal(2);
    expect(codeOf(proven, 'All is well')).to.equal(0);
    expect(figuresOf(proven.record).untried, 'nothing but that was tried').to.be.greaterThan(3);
  });

  it('is the beginning of a whole proof, which credits module tests and gives nobody another turn in vain', async () => {
    const proven = await proveModule({ ...WISHES, onlyScenarios: false }, root);
    expect(figuresOf(proven.record).untried).to.equal(0);
    expect(codeOf(proven, 'SH-03')).to.be.greaterThan(0);
    expect([...proven.record.checks.values()].filter(({ pending }) => pending)).to.deep.equal([]);
  });

  it('is given again to a scenario that noticed nothing, when it is asked for', async () => {
    writeFileSync(
      join(root, 'step-definitions/shop.ts'),
      STEPS.replace("  greeting('Dana');", "  assert.equal(greeting('Dana'), 'Hello Dana');"),
    );
    expect(codeOf(await proveModule(WISHES, root), 'All is well')).to.equal(1);
  });
});
