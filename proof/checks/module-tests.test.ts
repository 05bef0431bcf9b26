import { expect } from 'chai';
import { describe, it } from 'node:test';
import { moduleTests } from './module-tests';

const FILE = `
const { test } = require('node:test');
for (const [name, wanted] of [['small', 1], ['large', 2]]) {
  void (0, test)('ID-01 reads ' + name, () => {
    // as given
    equal(read(name), wanted);
  });
}`;

/** Ids of the two tests of the loop. */
function ids(text: string): string[] {
  const line = text.split('\n').findIndex((one) => one.includes('ID-01')) + 1;
  const column = (text.split('\n')[line - 1]?.indexOf('(0') ?? 0) + 1;
  const place = { file: 'a.test.ts', nth: 0, line, column };
  const listed = ['small', 'large'].map((name) => ({ ...place, title: `ID-01 reads ${name}` }));
  return moduleTests(listed, () => text).map(({ id }) => id);
}

describe('a module test', () => {
  it('is the same after comments, formatting and names of locals have changed, and wherever it stands', () => {
    expect(new Set(ids(FILE)).size).to.equal(2);
    const moved = `// moved\n\n${FILE}`.replace('// as given', '/* so */').replace(/\s+equal/, ' equal');
    expect(ids(moved)).to.deep.equal(ids(FILE));
    const renamed = FILE.replace('() => {', '() => { const a = 1; use(a);');
    expect(ids(renamed.replace('const a = 1; use(a)', 'const b = 1; use(b)'))).to.deep.equal(ids(renamed));
  });

  it('is another one when its title, its body or the table around it has changed', () => {
    const [small] = ids(FILE);
    for (const changed of [FILE.replace('equal(', 'notEqual('), FILE.replace("'large', 2", "'large', 3")]) {
      expect(ids(changed)[0]).not.to.equal(small);
    }
    expect(moduleTests([{ file: 'a', title: 'other', nth: 0, line: 4, column: 8 }], () => FILE)[0]?.id).not.to.equal(
      small,
    );
  });
});
