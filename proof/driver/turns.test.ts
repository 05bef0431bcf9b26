import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import type { Wishes } from '../command-line';
import { proveModule, type ProvenModule } from '../prove-module';
import { catchesOf, figuresOf } from '../record/record';

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
