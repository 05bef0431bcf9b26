import { expect } from 'chai';
import { describe, it } from 'node:test';
import { ranksOf, ranksText } from './ranks';
import { catchesOf, emptyRecord, figuresOf, type ProofRecord } from './record';
import { parseRecord, recordText } from './record-text';

function sample(): ProofRecord {
  const record = emptyRecord('tiny', 'Stryker 9');
  record.checks.set('s1', {
    id: 's1',
    kind: 'scenario',
    title: 'TY-01 / A bill adds up',
    values: { noticed: 2, meaningless: 1, unnoticed: [{ step: 'the bill is 6', from: '6', to: '7' }] },
  });
  record.checks.set('t1', { id: 't1', kind: 'test', title: 'TY-01 adds', pending: true });
  record.units.set('aa', {
    hash: 'aa',
    name: 'add',
    mutants: 6,
    noticed: new Map([
      [0, new Set(['t1'])],
      [1, new Set(['t1', 's1'])],
      [2, new Set(['t1'])],
    ]),
    survivors: new Map([[4, { mutator: 'ArithmeticOperator', was: 'a + b', became: 'a - b', reached: false }]]),
    ignored: new Set([3]),
  });
  record.defects.set('tiny/rounds-up', { id: 'tiny/rounds-up', fingerprint: 'f', noticedBy: ['t1'] });
  record.defects.set('tiny/forgets', { id: 'tiny/forgets', fingerprint: 'g', noticedBy: [] });
  return record;
}

describe('a proof record', () => {
  it('is one line for each check, unit, survivor, value and defect, and reads back as it was', () => {
    const text = recordText(sample());
    expect(text.trimEnd().split('\n')).to.have.lengthOf(8);
    expect(recordText(parseRecord(text, 'tiny.jsonl'))).to.equal(text);
    expect(text).to.include('{"unit":"aa","name":"add","mutants":6,"noticed":{"s1":"1","t1":"0-2"},"ignored":"3"}');
  });

  it('does not depend on the order in which things became known', () => {
    const record = sample();
    const turned: ProofRecord = {
      ...record,
      checks: new Map([...record.checks].reverse()),
      defects: new Map([...record.defects].reverse()),
    };
    expect(recordText(turned)).to.equal(recordText(record));
  });

  it('counts what was noticed, what survived and what has not been tried', () => {
    const figures = figuresOf(sample());
    expect(figures).to.deep.include({ mutants: 6, noticed: 3, unreached: 1, survived: 0, ignored: 1, untried: 1 });
    expect(figures).to.deep.include({
      values: 3,
      valuesNoticed: 2,
      valuesMeaningless: 1,
      defects: 2,
      defectsNoticed: 1,
    });
    expect(catchesOf(sample()).get('t1')).to.deep.equal({ code: 3, values: 0, defects: 1 });
    expect(catchesOf(sample(), () => false).get('s1')).to.deep.equal({ code: 0, values: 2, defects: 0 });
  });

  it('is refused with file and line when somebody has broken it', () => {
    const text = recordText(sample());
    expect(() => parseRecord(text.replace('"unit":"aa"', '"unit":7'), 'x.jsonl')).to.throw('x.jsonl:6: it is no line');
    expect(() => parseRecord(text.replace('"proof":2', '"proof":1'), 'x.jsonl')).to.throw('x.jsonl:1');
    expect(() => parseRecord('', 'x.jsonl')).to.throw('does not begin with a header');
    expect(() => parseRecord(text.replace('aa/4', 'ab/4'), 'x.jsonl')).to.throw('stands in no unit');
  });
});

describe('ranks', () => {
  it('are written as runs and read back', () => {
    expect(ranksText([7, 1, 0, 2])).to.equal('0-2,7');
    expect(ranksText([])).to.equal('');
    expect(ranksOf('0-2,7')).to.deep.equal([0, 1, 2, 7]);
    expect(() => ranksOf('2-0')).to.throw(RangeError);
    expect(() => ranksOf('x')).to.throw(RangeError);
  });
});
