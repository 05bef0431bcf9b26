import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import type { Wishes } from '../command-line';
import { proveModule, type ProvenModule } from '../prove-module';
import { drawnFrom } from '../record/drawn';
import { catchesOf, figuresOf } from '../record/record';

/** A whole project in a folder of its own, with one small module: what a proof does, without a service. */
const root = mkdtempSync(join(tmpdir(), 'proof-test-'));
const at = (path: string): string => join(root, path);
const write = (path: string, text: string): void => writeFileSync(at(path), text);

const SOURCE = `
/** Plain counting. */
export function add(a: number, b: number): number {
  return a + b;
}
export function countdown(from: number): number {
  let steps = 0;
  for (let left = from; left > 0; left -= 1) steps += 1;
  return steps;
}
export function untested(value: number): number {
  return value - 1;
}
export const NAMES = ['one', 'two'];
`;
/** Means the same. */
const MOVED = SOURCE.replaceAll('left', 'remaining').replace('Plain', 'Simple');
const TEST = `
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { add, countdown, NAMES } from './sums';

test('TY-01 adds', () => assert.equal(add(2, 3), 5));
describe('TY-02', () => {
  test('counts down', async () => assert.equal(countdown(3), 3));
  test('notices nothing', () => void add(1, 1));
});
test('TY-03 knows names', () => assert.deepEqual(NAMES, ['one', 'two']));
`;

const DEFECTS = `
- id: counts-one-too-many
  sentence: Counting begins with the end.
  customer-sees: One step more than there is.
  edits:
    - { file: ssot/tiny/sums.ts, find: "left > 0", replace: "left >= 0" }
- id: forgets-nothing
  sentence: Nothing is taken away.
  customer-sees: Nothing.
  edits:
    - { file: ssot/tiny/sums.ts, find: "return value - 1", replace: "return value" }
- id: gone
  sentence: What is not there is changed.
  customer-sees: Nothing.
  edits:
    - { file: ssot/tiny/sums.ts, find: "multiply", replace: "" }
`;

/** Several of its mutants poison what later checks read, and nobody notices them; that of `||` changes nothing at all. */
const POISON = `
const state = { poisoned: false };
export function call(flag: boolean): number {
${'  if (flag) state.poisoned = true;\n'.repeat(6)}
  return 1;
}
export function isPoisoned(): boolean {
  return state.poisoned || state.poisoned;
}
`;
const POISON_TEST = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, isPoisoned } from './state';

test('PO-01 calls', () => assert.equal(call(false), 1));
test('PO-02 reads', () => assert.equal(isPoisoned(), false));
`;

/** Two notice what is wrong with it, and one of them takes its time. */
const ANSWER = `
export function answer(): string {
  return 'well';
}
`;
const ANSWER_TEST = `
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer } from './answer';

test('SL-01 answers', () => assert.equal(answer(), 'well'));
test('SL-02 answers after a while', async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(answer(), 'well');
});
`;
const ANSWER_DEFECTS = ['breaks: [SL-02]', ''].map(
  (breaks, index) => `
- id: says-otherwise-${index}
  sentence: Something else is said.
  customer-sees: Something else.
  edits:
    - { file: ssot/slow/answer.ts, find: "'well'", replace: "'ill'" }
  ${breaks}
`,
);

const WISHES: Wishes = {
  help: false,
  module: 'tiny',
  workers: 2,
  onlyScenarios: false,
  onlyDefects: false,
  checkDefects: false,
  force: false,
};
const record = (): string => readFileSync(at('proof/results/tiny.jsonl'), 'utf8');
const idOf = ({ record: { checks } }: ProvenModule, title: string): string =>
  [...checks.values()].find((check) => check.title === title)?.id ?? title;
const codeOf = (proven: ProvenModule, title: string): number | undefined =>
  catchesOf(proven.record).get(idOf(proven, title))?.code;

describe('proving a module', () => {
  mkdirSync(at('ssot/tiny'), { recursive: true });
  mkdirSync(at('features'));
  mkdirSync(at('proof/defects'), { recursive: true });
  write('ssot/tiny/sums.ts', SOURCE);
  write('ssot/tiny/sums.test.ts', TEST);
  write('proof/defects/tiny.yaml', DEFECTS);
  after(() => rmSync(root, { recursive: true, force: true }));

  it('finds who notices what, who notices nothing, what nobody runs, and code that runs while it loads', async () => {
    const proven = await proveModule(WISHES, root);
    const figures = figuresOf(proven.record);
    expect(figures.untried).to.equal(0);
    expect(codeOf(proven, 'TY-01 adds')).to.be.greaterThan(0);
    expect(codeOf(proven, 'TY-02 > counts down')).to.be.greaterThan(3);
    expect(codeOf(proven, 'TY-02 > notices nothing')).to.equal(0);
    expect(codeOf(proven, 'TY-03 knows names')).to.equal(3);
    expect(figures.unreached, 'of the function without a test').to.equal(2);
    expect(figures.noticed + figures.survived + figures.unreached + figures.ignored).to.equal(figures.mutants);
    expect(proven.unsteady.size).to.equal(0);
    const notices = new Map([...proven.record.defects.values()].map(({ id, noticedBy }) => [id, noticedBy]));
    expect(notices.get('tiny/counts-one-too-many')).to.deep.equal([idOf(proven, 'TY-02 > counts down')]);
    expect(notices.get('tiny/forgets-nothing')).to.deep.equal([]);
    expect(proven.problems.join()).to.match(/^tiny\/gone: ssot\/tiny\/sums\.ts: .*does not stand there/);
  });

  it('keeps what is known when it is stopped, and goes on from there to the same record', async () => {
    const whole = record();
    const stopped = await proveModule({ ...WISHES, force: true, minutes: 0.000_1 }, root);
    expect(stopped.stopped).to.equal('time is up');
    expect(figuresOf(stopped.record).untried).to.be.greaterThan(0);
    const proven = await proveModule(WISHES, root);
    expect(proven.stopped).to.equal(null);
    expect(record()).to.equal(whole);
  });

  it('tries only as many mutants as it was told to, drawn by lot, and more of them the next time', async () => {
    const whole = record();
    const drawn = async (sample: number) =>
      drawnFrom((await proveModule({ ...WISHES, force: sample === 3, sample }, root)).record.units.values());
    const first = await drawn(3);
    expect(first.tried).to.be.within(3, first.all - 2);
    expect((await drawn(first.all - 1)).tried).to.be.within(first.tried + 1, first.all);
    await proveModule(WISHES, root);
    expect(record()).to.equal(whole);
  });

  it('tries realistic defects alone, with the same result', async () => {
    const before = record();
    const proven = await proveModule({ ...WISHES, force: true, onlyDefects: true }, root);
    expect(proven.problems).to.have.length(1);
    expect(record()).to.equal(before);
  });

  it('tries nothing again, and leaves the record alone, when files, comments, locals and types were renamed', async () => {
    const before = record();
    renameSync(at('ssot/tiny/sums.ts'), at('ssot/tiny/counting.ts'));
    renameSync(at('ssot/tiny/sums.test.ts'), at('ssot/tiny/counting.test.ts'));
    write('ssot/tiny/counting.ts', MOVED);
    write('proof/defects/tiny.yaml', DEFECTS.replaceAll('sums.ts', 'counting.ts').replaceAll('"left', '"remaining'));
    write('ssot/tiny/counting.test.ts', `// moved\n${TEST.replace('./sums', './counting')}`);
    const began = performance.now();
    const proven = await proveModule(WISHES, root);
    expect(record()).to.equal(before);
    expect(proven.stopped).to.equal(null);
    expect(performance.now() - began).to.be.lessThan(10_000);
  });

  it('tries one function again after a change, and a survivor again after a new test', async () => {
    const lines = record().split('\n');
    write('ssot/tiny/counting.ts', MOVED.replace('a + b', 'b + a'));
    await proveModule(WISHES, root);
    const changed = record()
      .split('\n')
      .filter((line) => !lines.includes(line));
    expect(changed.map((line) => (JSON.parse(line) as { name?: string }).name)).to.deep.equal(['add']);

    const more = `${TEST.replace('countdown,', 'countdown, untested,')}\ntest('TY-04 takes one away', () => assert.equal(untested(2), 1));`;
    write('ssot/tiny/counting.test.ts', more.replace('./sums', './counting'));
    // Stopped before it has seen the new test at work, which must stay new.
    await proveModule({ ...WISHES, minutes: 0.000_01 }, root);
    const proven = await proveModule(WISHES, root);
    expect(codeOf(proven, 'TY-04 takes one away')).to.equal(2);
    expect(figuresOf(proven.record).unreached).to.equal(0);
  });

  it('counts nothing that fails without a defect', async () => {
    write('ssot/tiny/counting.ts', MOVED.replace('a + b', 'a + b + 1'));
    const proven = await proveModule(WISHES, root);
    expect([...proven.unsteady.keys()]).to.deep.equal(['TY-01 adds']);
    expect(codeOf(proven, 'TY-01 adds')).to.equal(0);
  });

  it('asks the checks of the rule that a defect breaks before quicker ones', async () => {
    mkdirSync(at('ssot/slow'));
    write('ssot/slow/answer.ts', ANSWER);
    write('ssot/slow/answer.test.ts', ANSWER_TEST);
    write('proof/defects/slow.yaml', ANSWER_DEFECTS.join(''));
    const proven = await proveModule({ ...WISHES, module: 'slow' }, root);
    const noticedBy = [0, 1].map((one) => proven.record.defects.get(`slow/says-otherwise-${one}`)?.noticedBy);
    expect(noticedBy).to.deep.equal([[idOf(proven, 'SL-02 answers after a while')], [idOf(proven, 'SL-01 answers')]]);
  });

  it('credits nobody with what an earlier defect left behind in the process', async () => {
    mkdirSync(at('ssot/poison'));
    write('ssot/poison/state.ts', POISON);
    write('ssot/poison/state.test.ts', POISON_TEST);
    const { record } = await proveModule({ ...WISHES, module: 'poison' }, root);
    const survivors = [...record.units.values()].flatMap(({ name, survivors: all }) =>
      [...all.values()].map(({ mutator }) => `${name}: ${mutator}`),
    );
    expect(survivors).to.include('isPoisoned: LogicalOperator');
  });
});
