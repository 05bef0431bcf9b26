import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { Analytics } from '../contract';

describe('the archive', () => {
  let analytics: Analytics;
  before(async () => {
    analytics = await openUsage();
  });
  after(() => analytics[Symbol.asyncDispose]());

  void it('SP-12 a part is there for its own company alone, and gone when it is erased', async () => {
    const { archive } = analytics;
    const [tenantId, other, userId] = [stores.ids.next('tenant'), stores.ids.next('tenant'), stores.ids.next('user')];
    const ref = { tenantId, kind: 'thread', subject: 's' };
    await archive.put({ ...ref, userId, part: 1, checksum: 'c', body: 'b' });
    assert.deepEqual(await archive.get(ref, 1), { checksum: 'c', body: 'b' });
    assert.equal(await archive.get({ ...ref, tenantId: other }, 1), undefined);
    const digest = createHash('sha256').update('b').digest('hex');
    const stored = { subject: 's', part: 1, checksum: 'c' };
    assert.deepEqual(await archive.stored(ref, ['s', 't']), [stored]);
    assert.deepEqual(await archive.digested(ref, ['s', 't']), [{ ...stored, digest }]);
    for (const ask of [archive.stored, archive.digested]) {
      assert.deepEqual(await ask({ ...ref, tenantId: other }, ['s']), []);
    }
    await archive.erase({ tenantId: other });
    assert.equal(await archive.count({ tenantId, userId }), 1);
    await archive.erase({ tenantId, userId, subject: 's' });
    assert.equal(await archive.count({ tenantId }), 0);
  });
});
