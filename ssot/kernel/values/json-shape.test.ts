import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { repeatsName, shapeOfJson } from './json-shape';

const repeats = (json: string): boolean => repeatsName(shapeOfJson(Buffer.from(json)), JSON.parse(json));

describe('a JSON text', () => {
  for (const json of [
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"a":{"b":[],"c":1,"b":null}}]',
    '{"a":{"x":1},"a":{"y":1}}',
    '{"":1,"":2}',
  ]) {
    void it(`AU-07 gives a name twice: ${json}`, () => assert.equal(repeats(json), true));
  }

  void it('AU-07 gives each name once, whatever stands in it', () => {
    fc.assert(fc.property(fc.json(), (json) => assert.equal(repeats(json), false)));
    assert.equal(repeats('[{"a":1},{"a":1},"{\\"a\\":1,\\"a\\":1}"]'), false);
  });

  void it('AU-07 may nest as deep as it likes, and hold as much', () => {
    assert.equal(repeats(`{"a":1,"b":${'['.repeat(500_000)}${']'.repeat(500_000)}}`), false);
    assert.equal(repeats(`{"a":1,"a":[${'0,'.repeat(500_000)}0]}`), true);
  });

  void it('AU-07 is as deep as its brackets, those in strings not counted', () => {
    assert.deepEqual(shapeOfJson(Buffer.from('{"[[[":[[],{"a":"\\"{:,"}]}')), { depth: 3, values: 7, names: 2 });
  });
});
