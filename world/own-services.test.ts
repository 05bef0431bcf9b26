import { strict as assert } from 'node:assert';
import { describe, it } from 'node:test';
import { haveOwnServices, SETS_VARIABLE, useOwnServices } from './own-services';

const sets = (...addresses: readonly string[]): Record<string, string> => ({
  [SETS_VARIABLE]: JSON.stringify(addresses.map((address) => ({ SPEC_POSTGRES_URL: address }))),
});
const addressFor = (env: Record<string, string>): string | undefined => {
  const copy = { ...env };
  useOwnServices(copy);
  return copy['SPEC_POSTGRES_URL'];
};

describe('services of a worker', () => {
  it('are the set that no other worker meets', () => {
    const two = sets('first', 'second');
    assert.deepEqual(
      ['0', '1'].map((id) => addressFor({ ...two, CUCUMBER_WORKER_ID: id })),
      ['first', 'second'],
    );
  });

  it('are shared where there is one set, or none that this run has started', () => {
    assert.equal(addressFor({ ...sets('only'), CUCUMBER_WORKER_ID: '1' }), 'only');
    assert.equal(addressFor({ SPEC_POSTGRES_URL: 'given', CUCUMBER_WORKER_ID: '1' }), 'given');
  });

  it('let workers that have a set each work side by side, and no others', () => {
    assert.deepEqual(
      [1, 2, 3].map((workers) => haveOwnServices(workers, sets('first', 'second'))),
      [true, true, false],
    );
  });
});
