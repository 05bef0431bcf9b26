import { expect } from 'chai';
import { describe, it } from 'node:test';
import { emptyRecord, type ProofRecord } from './record/record';
import { firstDrawn } from './record/drawn';
import { idleChecks, sharesOf, summary, verdictOf } from './summary';

/** One scenario, ten mutants: so many of them noticed, the others unnoticed. */
function record(noticed: number, defects: readonly (readonly string[])[] = []): ProofRecord {
  const made = emptyRecord('tiny', 'Stryker 9');
  made.checks.set('s', { id: 's', kind: 'scenario', title: 'TY-01 / A bill adds up' });
  const survivor = { mutator: 'Any', was: 'a + b', became: '', reached: true };
  const ranks = Array.from({ length: 10 }, (_, rank) => rank);
  made.units.set('u', {
    hash: 'u',
    name: 'add',
    mutants: 10,
    noticed: new Map(ranks.slice(0, noticed).map((rank) => [rank, new Set(['s'])])),
    survivors: new Map(ranks.slice(noticed).map((rank) => [rank, survivor])),
    ignored: new Set(),
  });
  defects.forEach((noticedBy, at) =>
    made.defects.set(`tiny/${at}`, { id: `tiny/${at}`, fingerprint: String(at), noticedBy }),
  );
  return made;
}

describe('the verdict on a module', () => {
  it('is proven when enough was noticed, and not when too little was, or something has not been tried', () => {
    expect(verdictOf(record(9)).proven).to.equal(true);
    expect(verdictOf(record(8)).because.join()).to.include('too many mutants went unnoticed (needed: 85.0 %)');
    const stopped = record(10);
    stopped.units.get('u')?.noticed.delete(0);
    expect(verdictOf(stopped).because.join()).to.match(/^only \d mutants drawn by lot have been tried; .*--sample 200/);
  });

  it('is proven by enough mutants that were drawn by lot, and says how far they speak for all', () => {
    const drawn = { all: 1060, tried: 200, noticed: 176 };
    expect(sharesOf(drawn)).to.equal(
      '176 of 200 drawn by lot noticed, 88.0 %; of all 1060 82.8 to 91.8 %, with 95 % certainty',
    );
    expect(sharesOf({ all: 1060, tried: 0, noticed: 0 })).to.equal('none of 1060 has been drawn and tried so far');
    const large = record(10);
    const ranks = Array.from({ length: 400 }, (_, rank) => rank);
    const unit = { ...record(0).units.get('u')!, mutants: 400, survivors: new Map() };
    const first = [
      ...firstDrawn(
        ranks.map((rank) => `u/${rank}`),
        200,
      ),
    ].map((identity) => Number(identity.split('/')[1]));
    large.units.set('u', { ...unit, noticed: new Map(first.map((rank) => [rank, new Set(['s'])])) });
    expect(verdictOf(large).because).to.deep.equal([]);
    large.units.get('u')?.noticed.delete(first[20] ?? 0);
    expect(verdictOf(large).because.join()).to.include('only 20 mutants drawn by lot have been tried');
  });

  it('is not proven when a scenario noticed nothing, or too few realistic defects were noticed', () => {
    const idle = record(10);
    idle.checks.set('t', { id: 't', kind: 'scenario', title: 'TY-02 / Nothing' });
    expect(verdictOf(idle).because).to.deep.equal(['1 scenario noticed nothing.']);
    expect(idleChecks(idle).map(({ id }) => id)).to.deep.equal(['t']);
    expect(verdictOf(record(10, [['s'], []])).because.join()).to.include('too many realistic defects');
    expect(verdictOf(record(10, [['s']])).proven).to.equal(true);
  });

  it('comes with shares that are rounded down and the places of what nobody noticed', () => {
    const text = summary(record(9, [[]]), (unit, rank) => `ssot/tiny/sums.ts:${rank} ${unit.name}`);
    expect(text).to.include('ssot/tiny/sums.ts:9 add  Any: "a + b" left out');
    expect(text).to.include('mutants            9 of 10 noticed, 90.0 %');
    expect(text).to.include('realistic defects  0 of 1 noticed, 0.0 %');
  });
});
