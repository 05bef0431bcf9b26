import { expect } from 'chai';
import { describe, it } from 'node:test';
import { drawnFrom, firstDrawn, shareAmongAll, shareOfDrawn } from './drawn';
import type { RecordedUnit } from './record';

const survivor = { mutator: 'Any', was: 'a', became: '', reached: true };

/** One unit of ten mutants, ranks named by the place in which they are drawn. */
function unitOf(results: Readonly<Record<number, 'noticed' | 'survived' | 'ignored'>>): RecordedUnit {
  const identities = Array.from({ length: 10 }, (_, rank) => `u/${rank}`);
  const place = (rank: string): number =>
    identities.findIndex((_, count) => firstDrawn(identities, count + 1).has(rank));
  const drawn = identities.toSorted((a, b) => place(a) - place(b)).map((identity) => Number(identity.slice(2)));
  const ranksOf = (result: string): number[] => drawn.filter((_, place) => results[place] === result);
  return {
    hash: 'u',
    name: 'add',
    mutants: 10,
    noticed: new Map(ranksOf('noticed').map((rank) => [rank, new Set(['s'])])),
    survivors: new Map(ranksOf('survived').map((rank) => [rank, survivor])),
    ignored: new Set(ranksOf('ignored')),
  };
}

describe('mutants drawn by lot', () => {
  it('count from the first that was drawn up to the first that has not been tried, and nothing that was picked', () => {
    const unit = unitOf({ 0: 'noticed', 1: 'ignored', 2: 'survived', 3: 'noticed', 5: 'noticed', 6: 'noticed' });
    expect(drawnFrom([unit])).to.deep.equal({ all: 9, tried: 3, noticed: 2 });
    expect(drawnFrom([unitOf({ 1: 'noticed' })])).to.deep.equal({ all: 10, tried: 0, noticed: 0 });
  });

  it('are the same whatever the order of the units', () => {
    const [one, other] = [unitOf({ 0: 'noticed' }), { ...unitOf({ 0: 'survived' }), hash: 'v' }];
    expect(drawnFrom([one, other])).to.deep.equal(drawnFrom([other, one]));
  });

  it('tell within which bounds the share of all mutants lies', () => {
    // Worked out apart from the code: (0.9 + 0.0096) / 1.0192, give or take 0.0419.
    const [from, to] = shareAmongAll({ all: 5000, tried: 200, noticed: 180 });
    expect(from).to.be.closeTo(0.8506, 0.0005);
    expect(to).to.be.closeTo(0.9343, 0.0005);
    expect(shareAmongAll({ all: 200, tried: 200, noticed: 180 })).to.deep.equal([0.9, 0.9]);
    expect(shareAmongAll({ all: 200, tried: 0, noticed: 0 })).to.deep.equal([0, 1]);
    expect(shareOfDrawn({ all: 0, tried: 0, noticed: 0 })).to.equal(1);
  });
});
