import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STATE_CODES, StateError, type StateCode } from './errors';
import { DEFAULT_LIMITS } from './limits';

const MAY_HELP = ['conflict', 'contended', 'quota_exceeded', 'hot_unavailable', 'durable_unavailable', 'out_of_memory'];

void test('ST-09 every refusal says whether a repeat may help', () => {
  const codes = Object.keys(STATE_CODES) as StateCode[];
  const retryable = codes.filter((code) => new StateError(code, 'why').retryable);
  assert.deepEqual(
    retryable,
    MAY_HELP.map((code) => `state_${code}`),
  );
  assert.equal(codes.length, 17);
});

void test('ST-07 every user and tenant has the same room, unless an operator says otherwise', () => {
  const numbers = { userEntries: 1_000, userBytes: 8_388_608, tenantEntries: 20_000, tenantBytes: 134_217_728 };
  assert.deepEqual(DEFAULT_LIMITS, numbers);
});
