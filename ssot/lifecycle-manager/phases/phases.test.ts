import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifecycleError, phaseNext, type Phase } from '..';

const PHASES: readonly Phase[] = ['created', 'starting', 'running', 'draining', 'stopping', 'stopped', 'failed'];
/** As an operator is told them. */
const ALLOWED = [
  'created > starting',
  'created > stopped',
  'starting > running',
  'starting > stopping',
  'running > draining',
  'draining > stopping',
  'stopping > stopped',
  'stopping > failed',
];

for (const from of PHASES) {
  for (const to of PHASES) {
    const change = `${from} > ${to}`;
    if (ALLOWED.includes(change))
      void test(`LC-02 a change of phase that is allowed: ${change}`, () => assert.equal(phaseNext(from, to), to));
    else
      void test(`LC-02 a change of phase that is refused: ${change}`, () => {
        assert.throws(
          () => phaseNext(from, to),
          (error) => {
            assert(error instanceof LifecycleError);
            assert.deepEqual([error.code, error.retryable], ['phase_refused', false]);
            assert.equal(error.message, `An instance that is ${from} cannot become ${to}.`);
            return true;
          },
        );
      });
  }
}
