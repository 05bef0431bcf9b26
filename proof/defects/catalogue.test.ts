import { expect } from 'chai';
import { describe, it } from 'node:test';
import { applied, parseCatalogue, readCatalogue, type Defect } from './catalogue';
import { fingerprintOf } from './fingerprint';

const FILE = 'ssot/tiny/sums.ts';
const CODE = 'export function add(a: number, b: number): number {\n  return a + b;\n}\nconst other = 1;\n';
const read = (file: string): string | undefined => (file === FILE ? CODE : undefined);

function defect(find: string, replace: string, file = FILE): Defect {
  return { id: 'tiny/one', module: 'tiny', sentence: 'S.', customerSees: 'C.', edits: [{ file, find, replace }] };
}

describe('a realistic defect', () => {
  it('replaces a text that stands there once, however its lines are broken', () => {
    const put = applied(defect('number { return a + b;', 'number { return a - b;'), read);
    expect(put.files.get(FILE)).to.equal(CODE.replace('{\n  return a + b', '{ return a - b'));
  });

  it('is refused by name when the text stands there not at all, twice, or the file is gone', () => {
    expect(() => applied(defect('a * b', ''), read)).to.throw(
      /tiny\/one: ssot\/tiny\/sums\.ts: .* does not stand there: "a \* b"/,
    );
    expect(() => applied(defect('number', ''), read)).to.throw('stands there 3 times');
    expect(() => applied(defect('a', '', 'ssot/gone.ts'), read)).to.throw('tiny/one: there is no ssot/gone.ts');
  });

  it('may have several edits in one file', () => {
    const { files } = applied(
      {
        ...defect('a + b', 'b + a + b'),
        edits: [...defect('a + b', 'b + a + b').edits, ...defect('= 1', '= 2').edits],
      },
      read,
    );
    expect(files.get(FILE)).to.include('b + a + b').and.to.include('other = 2');
  });

  it('is the same as long as its edits are and the function that they stand in means the same', () => {
    const print = (code: string, replace = 'a - b', find = 'a + b'): string =>
      fingerprintOf(
        applied(defect(find, replace), () => code),
        () => code,
      );
    expect(print(CODE.replace('export', '/** Adds. */ export').replace('other = 1', 'other = 2'))).to.equal(
      print(CODE),
    );
    expect(print(CODE.replace('return', 'if (a > 9) return 9;\n  return'))).not.to.equal(print(CODE));
    const renamed = CODE.replaceAll('a: n', 'first: n').replace('a + b', 'first + b');
    expect(print(renamed, 'first - b', 'first + b')).to.equal(print(CODE));
    expect(print(CODE, 'a')).not.to.equal(print(CODE));
  });
});

describe('a catalogue of defects', () => {
  const entry = (id: string): string =>
    `- id: ${id}\n  sentence: It adds.\n  customer-sees: Less.\n  edits:\n    - { file: ssot/tiny/a.ts, find: a, replace: b }\n`;

  it('is read, with the module in each id', () => {
    expect(parseCatalogue(entry('one') + entry('two'), 'tiny').map(({ id }) => id)).to.deep.equal([
      'tiny/one',
      'tiny/two',
    ]);
    expect(parseCatalogue(entry('one').replace('edits', 'breaks: [TY-01]\n  edits'), 'tiny')[0]?.breaks).to.deep.equal([
      'TY-01',
    ]);
    expect(readCatalogue('nobody')).to.deep.equal([]);
  });

  it('is refused with the entry and the field that are wrong', () => {
    expect(() => parseCatalogue(entry('Not Good'), 'tiny')).to.throw('proof/defects/tiny.yaml: entry 1, id');
    expect(() => parseCatalogue(entry('one').replace('It adds.', 'It adds'), 'tiny')).to.throw('entry 1, sentence');
    expect(() => parseCatalogue(entry('one').replace('edits', 'breaks: [adding]\n  edits'), 'tiny')).to.throw(
      'entry 1, breaks.0: must be the id of a rule',
    );
    expect(() => parseCatalogue(entry('one') + entry('one'), 'tiny')).to.throw('"tiny/one" stands there twice');
    expect(() => parseCatalogue('a: b', 'tiny')).to.throw('no list');
    expect(() => parseCatalogue('- id: [', 'tiny')).to.throw('proof/defects/tiny.yaml:');
  });
});
