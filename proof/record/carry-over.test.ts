import { expect } from 'chai';
import { describe, it } from 'node:test';
import type { SystemMutant } from '../instrument/instrument';
import { carryOver, type CheckNow } from './carry-over';
import { figuresOf, type ProofRecord } from './record';

const NOW = { module: 'tiny', mutators: 'Stryker 9' };

/** So many mutants of one unit. */
function mutants(hash: string, count: number): SystemMutant[] {
  const unit = { hash, name: hash, file: 'a.ts', start: 0, end: 1 };
  return Array.from({ length: count }, (_, rank) => ({
    identity: `${hash}/${rank}`,
    switch: String(rank),
    unit,
    rank,
    file: 'a.ts',
    line: 1,
    mutator: 'Any',
    original: '',
    replacement: '',
  }));
}

const check = (id: string): CheckNow => ({ id, kind: 'test', title: id });

/** Two units of two mutants: `one` notices the first of each, the second of each survives. */
function proven(): ProofRecord {
  const all = [...mutants('aa', 2), ...mutants('bb', 2)];
  const { record } = carryOver(null, NOW, all, [check('one'), check('two')]);
  for (const unit of record.units.values()) {
    unit.noticed.set(0, new Set(['one']));
    unit.survivors.set(1, { mutator: 'Any', was: '', became: '', reached: true });
  }
  record.defects.set('tiny/noticed', { id: 'tiny/noticed', fingerprint: 'f', noticedBy: ['one'] });
  record.defects.set('tiny/unnoticed', { id: 'tiny/unnoticed', fingerprint: 'f', noticedBy: [] });
  return record;
}

describe('what a record says about the code of now', () => {
  it('is everything as long as units and checks mean the same', () => {
    const { record, newChecks } = carryOver(
      proven(),
      NOW,
      [...mutants('bb', 2), ...mutants('aa', 2)],
      [check('two'), check('one')],
    );
    expect(figuresOf(record)).to.deep.include({ untried: 0, noticed: 2, survived: 2, defects: 2, defectsNoticed: 1 });
    expect(newChecks.size).to.equal(0);
  });

  it('is nothing about a unit that changed, and about no other', () => {
    const { record } = carryOver(
      proven(),
      NOW,
      [...mutants('aa', 2), ...mutants('cc', 2)],
      [check('one'), check('two')],
    );
    expect([...record.units.keys()]).to.deep.equal(['aa', 'cc']);
    expect(figuresOf(record)).to.deep.include({ untried: 2, noticed: 1, survived: 1 });
  });

  it('is nothing that a check noticed which has changed; who is new is named, and meets what nobody noticed', () => {
    const all = [...mutants('aa', 2), ...mutants('bb', 2)];
    const { record, newChecks } = carryOver(proven(), NOW, all, [check('one, changed'), check('two')]);
    expect(figuresOf(record)).to.deep.include({ untried: 2, noticed: 0, survived: 2 });
    expect([...newChecks]).to.deep.equal(['one, changed']);
    expect([...record.defects.keys()], 'both are tried again').to.deep.equal([]);
  });

  it('is nothing when the mutants are made in another way', () => {
    const all = mutants('aa', 2);
    const { record } = carryOver(proven(), { ...NOW, mutators: 'Stryker 10' }, all, [check('one')]);
    expect(figuresOf(record)).to.deep.include({ untried: 2, defects: 0 });
  });
});
