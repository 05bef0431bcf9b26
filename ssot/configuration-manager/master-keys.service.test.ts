import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { stores } from '../../support/module-tests/stores';
import { masterKeyOfRun } from '../../world/settings';
import { KeyRing, type MasterKey } from '../kernel';
import { recogniseKeys } from './master-keys';

describe('master keys of a database', () => {
  const start = async (...keys: readonly MasterKey[]): Promise<void> =>
    recogniseKeys(await stores.database(), new KeyRing(keys));
  const fresh = (id = `fresh-${randomBytes(8).toString('hex')}`): MasterKey => ({ id, key: randomBytes(32) });

  void it('CF-06 a new key beside a known one is noted, also by two instances at once, and is enough from then on', async () => {
    const added = fresh();
    await start(masterKeyOfRun());
    await Promise.all([start(added, masterKeyOfRun()), start(added, masterKeyOfRun())]);
    await start(added);
    await assert.rejects(start(fresh(added.id)), {
      ...{ code: 'keys_unknown', field: 'MASTER_KEYS' },
      message: `The master key "${added.id}" is not the one that has this id here. Nothing that was sealed would open: put the right key into MASTER_KEYS, beside a new one.`,
    });
  });

  void it('CF-06 the start is refused when no key was ever used here, and none is noted', async () => {
    const stranger = fresh();
    await start(masterKeyOfRun());
    for (let times = 0; times < 2; times++) {
      await assert.rejects(
        start(stranger),
        ({ message }: Error) =>
          message.startsWith('None of the master keys is known here; known are ') &&
          message.includes(masterKeyOfRun().id),
      );
    }
  });
});
