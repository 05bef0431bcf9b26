import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ENVIRONMENTS, loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock } from '../../ssot/kernel';
import { platformVariables } from '../../world/settings';
import { authConfigFrom } from './identity';

describe('identity of an instance', () => {
  it('AU-01 is another one in each environment, so that a token of one is foreign in all others', async () => {
    const base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
    const issuers = ENVIRONMENTS.map((environment) => authConfigFrom({ ...base, environment }).issuer);
    assert.deepEqual([...new Set(issuers)], issuers);
  });
});
