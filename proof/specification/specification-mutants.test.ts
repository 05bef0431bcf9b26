import { PickleStepType, type Pickle } from '@cucumber/messages';
import { expect } from 'chai';
import { describe, it } from 'node:test';
import { judge, specificationMutants } from './specification-mutants';

const pickle: Pickle = {
  id: 'p',
  uri: 'features/b.feature',
  location: { line: 3 },
  name: 'A bill adds up',
  language: 'en',
  tags: [],
  astNodeIds: [],
  steps: [
    { id: 's1', text: '3 calls are made', type: PickleStepType.ACTION, astNodeIds: [] },
    {
      id: 's2',
      text: 'the bill is 6',
      type: PickleStepType.OUTCOME,
      astNodeIds: [],
      argument: { dataTable: { rows: [{ cells: [{ value: 'calls' }, { value: '3' }] }] } },
    },
  ],
};

describe('specification mutants', () => {
  it('change one value of one Then step each, in its sentence or its table, and nothing else', () => {
    const mutants = specificationMutants(pickle);
    expect(mutants.map(({ from, to }) => `${from} -> ${to}`)).to.deep.equal([
      '6 -> 7',
      '6 -> 5',
      'calls -> callsx',
      '3 -> 4',
    ]);
    expect(mutants.map((mutant) => mutant.pickle.steps[0])).to.deep.equal(mutants.map(() => pickle.steps[0]));
    expect(mutants[3]?.pickle.steps[1]?.argument?.dataTable?.rows[0]?.cells.map(({ value }) => value)).to.deep.equal([
      'calls',
      '4',
    ]);
    expect(new Set([pickle.id, ...mutants.map((mutant) => mutant.pickle.id)]).size).to.equal(5);
  });

  it('are caught by an assertion at the changed step only', () => {
    expect(judge(undefined, 's2', '')).to.equal('survived');
    expect(judge('s2', 's2', 'AssertionError: expected 6 to equal 7')).to.equal('caught');
    expect(judge('s2', 's2', 'Error: not so within 5000 ms: expected 6 to equal 7')).to.equal('caught');
    expect(judge('s2', 's2', 'Error: There is no company "Dunx".')).to.equal('invalid');
    expect(judge('s1', 's2', 'AssertionError: expected 1 to equal 2')).to.equal('invalid');
  });
});
