import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canTransition } from './connection-state';

const STATES = ['opening', 'open', 'draining', 'closed'] as const;
const FORWARD = new Set(['opening open', 'opening closed', 'open draining', 'open closed', 'draining closed']);

for (const from of STATES) {
  for (const to of STATES) {
    const isForward = FORWARD.has(`${from} ${to}`);
    void test(`WS-07 a connection only moves forward: ${from} to ${to} is ${isForward ? 'possible' : 'not'}`, () => {
      assert.equal(canTransition(from, to), isForward);
    });
  }
}
