import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { rewritesNaming } from '../../../support/module-tests/customer-data/rewrites';
import { stores } from '../../../support/module-tests/stores';
import { openUsage } from '../../../world/modules/analytics/analytics-under-test';
import type { TenantId } from '../../kernel';
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

  void it('SP-09 many subjects of several companies are erased in one rewrite, and nobody else loses anything', async () => {
    const { archive } = analytics;
    const userId = stores.ids.next('user');
    const companies = Array.from({ length: 20 }, () => stores.ids.next('tenant'));
    const [first, second] = companies as [TenantId, TenantId];
    const subjects = Array.from({ length: 10 }, () => stores.ids.next('thread'));
    const parts = companies.flatMap((tenantId) =>
      subjects.map((subject) => ({ tenantId, userId, kind: 'thread', subject, part: 1, checksum: 'c', body: 'b' })),
    );
    await archive.put(...parts);
    const [kept = '', ...gone] = subjects;
    const others = { tenantId: second, userId, subject: kept };
    await archive.erase(...gone.map((subject) => ({ tenantId: first, userId, subject })), others);
    assert.deepEqual(await rewritesNaming(subjects), { archive: 1 });
    const counts = await Promise.all(companies.map((tenantId) => archive.count({ tenantId })));
    assert.deepEqual(counts, [1, 9, ...Array<number>(18).fill(10)]);
    await archive.erase({ tenantId: first, userId: stores.ids.next('user'), subject: kept });
    assert.deepEqual(await rewritesNaming(subjects), { archive: 1 }, 'what is not there is not rewritten');
    await archive.erase(...companies.map((tenantId) => ({ tenantId })));
    for (const tenantId of companies) assert.equal(await archive.count({ tenantId }), 0);
    assert.deepEqual(await rewritesNaming([first]), { archive: 2 });
  });

  void it('SP-09 a name with quotes in it is a name', async () => {
    const { archive } = analytics;
    const [tenantId, userId] = [stores.ids.next('tenant'), stores.ids.next('user')];
    const named = (subject: string) => ({ tenantId, userId, subject });
    const odd = ["it's", "\\') or (1 = 1", 's'];
    const stored = odd.map((subject) => ({ ...named(subject), kind: 'k', part: 1, checksum: 'c', body: 'b' }));
    await archive.put(...stored);
    await archive.erase(named("it's"), named("\\') or (1 = 1"));
    const left = await archive.stored({ tenantId, kind: 'k' }, odd);
    assert.deepEqual(
      left.map(({ subject }) => subject),
      ['s'],
    );
  });
});
