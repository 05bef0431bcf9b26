import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ODD_KINDS, OddConnections, type OddConnection } from './odd-connections';

const WHO = { token: 'believed.believed.believed' };
const some = (seed: number, count: number): OddConnection[] => {
  const all = new OddConnections(seed, WHO);
  return Array.from({ length: count }, (_, place) => all.at(place + 1));
};
const bytesOf = ({ moves }: OddConnection): Buffer =>
  Buffer.concat(moves.flatMap((move) => (move.do === 'send' ? [move.bytes] : [])));

describe('LC-12 broken clients', () => {
  const all = some(7, 800);

  it('LC-12 are the same for the same seed and place, whatever was asked for before', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1_000_000 }), (seed, place) => {
        const used = new OddConnections(seed, WHO);
        used.at(place + 1);
        assert.deepEqual(used.at(place), new OddConnections(seed, WHO).at(place));
      }),
      { numRuns: 10 },
    );
  });

  it('LC-12 differ from place to place and from seed to seed', () => {
    const told = [...some(1, 100), ...some(2, 100)].map(({ place: _, ...rest }) => JSON.stringify(rest));
    assert.ok(new Set(told).size > 160, `${new Set(told).size} of 200 are different`);
  });

  it('LC-12 are of every kind, and leave in every way, within a few hundred', () => {
    assert.deepEqual([...new Set(all.map(({ kind }) => kind))].sort(), [...ODD_KINDS].sort());
    assert.deepEqual([...new Set(all.map(({ ending }) => ending))].sort(), ['close', 'hold', 'reset']);
  });

  it('LC-12 show a token that is believed, and ones that are not', () => {
    const sent = all.map((one) => bytesOf(one).toString('latin1'));
    assert.ok(sent.some((bytes) => bytes.includes(WHO.token)));
    assert.ok(sent.some((bytes) => bytes.includes('junk')));
  });

  it('LC-12 hold what ended an instance before: bad upgrade targets that are torn off, and pipelines never read', () => {
    const isTornOff = ({ kind, ending }: OddConnection): boolean => kind === 'odd upgrade' && ending === 'reset';
    assert.ok(all.some((one) => isTornOff(one) && /^\w+ \/\/(a:99999\/)? /.test(bytesOf(one).toString('latin1'))));
    assert.ok(all.some((one) => isTornOff(one) && bytesOf(one).includes('http://[/v1/chat')));
    assert.ok(all.some(({ kind, moves }) => kind === 'unread pipeline' && moves.some((move) => move.do === 'deafen')));
  });

  it('LC-12 send little enough that a hundred thousand of them are sent in minutes', () => {
    const sizes = all.map((one) => bytesOf(one).length);
    assert.ok(Math.max(...sizes) < 2 ** 20, `the largest sends ${Math.max(...sizes)} bytes`);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) / sizes.length < 20_000);
  });
});
