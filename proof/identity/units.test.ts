import { expect } from 'chai';
import { describe, it } from 'node:test';
import { unitsOf } from './units';

const hashes = (text: string, path = 'ssot/m/a.ts'): string[] => unitsOf([{ path, text }]).map(({ hash }) => hash);
const same = (one: string, other: string): void => void expect(hashes(other)).to.deep.equal(hashes(one));
const different = (one: string, other: string): void => void expect(hashes(other)).not.to.deep.equal(hashes(one));

const ORIGINAL = `
import { limit } from './limit';
/** Adds up. */
export function total(items: readonly number[], { start = 0 }: { start?: number } = {}): number {
  let sum = start; // from here
  for (const item of items) {
    if (item > limit) throw new Error('too large');
    sum += item;
  }
  return { sum }.sum;
}`;

describe('the meaning of code', () => {
  it('is the same after other comments, formatting, quotes, parentheses, types and another file', () => {
    const rewritten = `
      import { limit } from './elsewhere';
      function total(items: Array<number>, { start = 0 } = {} as { start?: number }) {
        let sum = start;
        for (const item of items) { if ((item > limit)) { throw new Error("too large"); } sum += item!; }
        return { sum }.sum; /* all */
      }`;
    same(ORIGINAL.replace(/throw.*;/, '{ $& }'), rewritten);
    expect(hashes(ORIGINAL, 'ssot/m/moved/b.ts')).to.deep.equal(hashes(ORIGINAL));
  });

  it('is the same after a local was renamed, also where an object or a pattern names it', () => {
    const renamed = ORIGINAL.replaceAll('item ', 'each ')
      .replace('sum += item', 'sum += each')
      .replace('let sum', 'let result')
      .replace('sum += each', 'result += each')
      .replace('{ sum }', '{ sum: result }')
      .replace('{ start = 0 }', '{ start: from = 0 }')
      .replace('= start;', '= from;');
    same(ORIGINAL, renamed);
  });

  it('is another after a change of an operator, a value, a property, an outer name, a key or a modifier', () => {
    different(ORIGINAL, ORIGINAL.replace('>', '>='));
    different(ORIGINAL, ORIGINAL.replace('too large', 'too big'));
    different(ORIGINAL, ORIGINAL.replace('.sum', '.sums'));
    different(ORIGINAL, ORIGINAL.replaceAll('limit', 'maximum'));
    different(ORIGINAL, ORIGINAL.replace('{ start = 0 }', '{ begin: start = 0 }'));
    different(ORIGINAL, ORIGINAL.replace('export function', 'export async function'));
    different('const a = () => { using b = c(); };', 'const a = () => { const b = c(); };');
    different('const a = (b) => b?.c;', 'const a = (b) => b.c;');
    different('const a = (b) => !b;', 'const a = (b) => -b;');
  });

  it('tells a local from an outer name that it hides in one block only', () => {
    const inner = 'const f = (a) => { { const x = a; use(x); } return x; };';
    different(inner, inner.replaceAll('x', 'y'));
    same(inner, 'const f = (a) => { { const y = a; use(y); } return x; };');
    different('const f = (a, b) => a - b;', 'const f = (a, b) => b - a;');
  });

  it('belongs to a method, a function or a constant, so that its neighbours keep theirs', () => {
    const text =
      'class Meter { #n = 0; add(by: number) { this.#n += by; } get total() { return this.#n; } }\nconst step = 2;';
    const units = unitsOf([{ path: 'm.ts', text }]);
    expect(units.map(({ name }) => name)).to.deep.equal(['Meter.#n', 'Meter.add', 'Meter.total', 'step']);
    const changed = hashes(text.replace('+= by', '-= by'));
    expect(units.map(({ hash }, at) => changed[at] === hash)).to.deep.equal([true, false, true, true]);
  });

  it('keeps a property that a constructor declares, and tells two of one meaning apart', () => {
    different('class A { constructor(private b: B) {} }', 'class A { constructor(b: B) {} }');
    const [one, other] = unitsOf([
      { path: 'a.ts', text: 'const id = (x) => x;' },
      { path: 'b.ts', text: 'const id = (y) => y;' },
    ]);
    expect(other?.hash).to.equal(`${one?.hash}~2`);
  });
});
