import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { wholeNumber } from './whole-number';

const limit = wholeNumber(0, 100);
const faultOf = (said: unknown): string | undefined => limit.safeParse(said).error?.issues[0]?.message;

describe('a number in an address', () => {
  for (const said of ['0', '7', '007', '100']) {
    void it(`AU-07 is taken in digits: ${said}`, () => assert.equal(limit.parse(said), Number(said)));
  }

  for (const said of [
    '',
    ' ',
    '0x10',
    '1e1',
    '1.0',
    '+1',
    '-0',
    '-1',
    '٣',
    'NaN',
    'Infinity',
    '1'.repeat(17),
    ['1'],
    [],
    {},
  ]) {
    void it(`AU-07 is refused in any other form: ${JSON.stringify(said)}`, () => {
      assert.equal(faultOf(said), 'must be a whole number');
    });
  }

  void it('AU-07 is refused when it is too large, with the largest', () => {
    assert.equal(faultOf('101'), 'must be 100 or less');
  });

  void it('AU-07 is published as what it is', () => {
    const { type, minimum, maximum } = z.toJSONSchema(limit, { io: 'input' });
    assert.deepEqual([type, minimum, maximum], ['integer', 0, 100]);
  });
});
