import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  administrator,
  Bus,
  change,
  FIRST,
  limit,
  limitOf,
  masterKey,
  refusedAs,
  start,
} from '../../../support/module-tests/company-settings';
import { stores } from '../../../support/module-tests/stores';
import { eventually } from '../../../world/eventually';
import { sql, systemClock, type Sql, type TenantContext, type TenantId } from '../../kernel';

describe('what is said of changes', () => {
  const asCompany = async (ctx: TenantContext, statement: Sql): Promise<unknown> =>
    (await stores.database()).transaction(ctx, (tx) => tx.execute(statement));

  void it('CF-07 a change is recorded with who, when, why, from what and to what, newest first', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const dana = administrator();
    const ravi = administrator(dana.tenantId);
    const before = systemClock.now();
    const receipt = await configuration.change(
      dana,
      change({ ...limit(5), 'model.key': 'sk-one' }, 0, { reason: 'negotiated' }),
    );
    assert.deepEqual(receipt, {
      ...{ version: 1, changed: ['limits.threadsPerPerson', 'model.key'], left: [], repeated: false, announced: 'now' },
    });
    const removed = change({ 'model.wording': false }, 1, { remove: ['limits.threadsPerPerson'] });
    await configuration.change(ravi, removed);
    const [second, first, ...others] = await configuration.history(dana);
    assert.deepEqual(others, []);
    for (const one of [first, second]) assert(one !== undefined && +one.at >= before && +one.at <= systemClock.now());
    const print = first?.items[1]?.prints?.after ?? '';
    assert.match(print, /^[0-9a-f]{16}$/);
    assert.deepEqual(first, {
      ...{ version: 1, actorId: dana.userId, reason: 'negotiated', at: first?.at },
      items: [
        { key: 'limits.threadsPerPerson', before: undefined, after: 5 },
        { key: 'model.key', before: undefined, after: undefined, prints: { before: null, after: print } },
      ],
    });
    assert.deepEqual(second, {
      ...{ version: 2, actorId: ravi.userId, reason: 'for the test', at: second?.at },
      items: [
        { key: 'limits.threadsPerPerson', before: 5, after: undefined },
        { key: 'model.wording', before: undefined, after: false },
      ],
    });
  });

  void it('CF-07 the history comes in pages of 50, of up to 200, from any version backwards', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    await asCompany(
      ctx,
      sql`insert into config_change (tenant_id, version, actor_id, reason, request_id, body_hash, left_as_is, at)
          select ${ctx.tenantId}, n, ${ctx.userId}, 'one of many', 'r-' || n, '', '{}', now()
          from generate_series(1, 205) n`,
    );
    const versions = async (page?: { before?: number; limit?: number }): Promise<readonly (number | undefined)[]> => {
      const found = (await configuration.history(ctx, page)).map(({ version }) => version);
      return [found.length, found[0], found.at(-1)];
    };
    assert.deepEqual(await versions(), [50, 205, 156]);
    assert.deepEqual(await versions({ limit: 201 }), [200, 205, 6]);
    assert.deepEqual(await versions({ limit: 0 }), [1, 205, 205]);
    assert.deepEqual(await versions({ before: 3 }), [2, 2, 1]);
    assert.deepEqual(await versions({ before: 1 }), [0, undefined, undefined]);
  });

  void it('CF-07 whoever comes too late is told of the newest change of one of their settings, and by whom', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const dana = administrator();
    const ravi = administrator(dana.tenantId);
    await configuration.change(dana, change({ 'model.wording': false }));
    await configuration.change(ravi, change(limit(5), 1));
    await configuration.change(dana, change({ 'model.name': 'acme-model' }, 2));
    await assert.rejects(configuration.change(dana, change({ 'model.wording': true, ...limit(6) })), {
      ...{ code: 'version_conflict', field: 'limits.threadsPerPerson', changedBy: ravi.userId, retryable: false },
      message:
        'Nothing was changed: "limits.threadsPerPerson" was changed by somebody else meanwhile, in version 2. Read the settings again.',
    });
    await assert.rejects(configuration.change(dana, change(limit(6), 4)), {
      ...{ code: 'version_unknown', field: 'version', changedBy: undefined },
      message: 'Nothing was changed: there is no version 4; the newest is 3.',
    });
    assert.equal((await configuration.change(dana, change(limit(6), 2))).version, 4);
  });

  void it('CF-07 a return to what is no version is refused', async () => {
    await using instance = await start();
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(5)));
    for (const toVersion of [-1, 0.5, Number.NaN, 2]) {
      const restored = instance.configuration.restore(ctx, { ...change({}, 1), toVersion });
      await assert.rejects(restored, refusedAs('version_unknown'), `${toVersion}`);
    }
    await assert.rejects(
      instance.configuration.restore(ctx, { ...change({}, 1, { reason: 'no' }), toVersion: 0 }),
      refusedAs('invalid_setting'),
    );
  });

  void it('CF-07 what is sent again is answered as it was, and its key is no other change’s', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    await configuration.change(ctx, change({ ...limit(5), 'model.key': 'sk-one' }));
    const back = { ...change({}, 1), toVersion: 0 };
    const receipt = await configuration.restore(ctx, back);
    assert.deepEqual(receipt, {
      ...{ version: 2, changed: ['limits.threadsPerPerson'], left: ['model.key'], repeated: false, announced: 'now' },
    });
    assert.deepEqual(await configuration.restore(ctx, back), { ...receipt, repeated: true });
    for (const other of [
      { ...back, toVersion: 1 },
      { ...back, expectedVersion: 2 },
    ]) {
      await assert.rejects(configuration.restore(ctx, other), {
        ...{ code: 'idempotency_key_reused', field: 'idempotency-key', retryable: false },
        message: 'This Idempotency-Key belongs to another change. Give each change its own.',
      });
    }
  });

  void it('CF-07 a change that is sent again is the same in whatever order its settings stand', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    const set = { 'model.name': 'acme-model', ...limit(5), 'model.wording': false };
    const sent = change(set);
    await configuration.change(ctx, sent);
    for (const turned of [Object.entries(set).reverse(), Object.entries(set).sort()]) {
      const again = await configuration.change(ctx, { ...sent, set: Object.fromEntries(turned) });
      assert.deepEqual([again.version, again.repeated], [1, true]);
    }
  });

  void it('CF-07 a return takes back what only a newer release knows, where there was none of it', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    await configuration.change(ctx, change(limit(5)));
    for (const statement of [
      sql`insert into config_change (tenant_id, version, actor_id, reason, request_id, body_hash, left_as_is, at)
          values (${ctx.tenantId}, 2, ${ctx.userId}, 'newer', 'r-newer', '', '{}', now())`,
      sql`insert into config_change_item (tenant_id, version, key, after, is_secret)
          values (${ctx.tenantId}, 2, 'newer.setting', 'true', false)`,
      sql`insert into config_override (tenant_id, key, value, version)
          values (${ctx.tenantId}, 'newer.setting', 'true', 2)`,
      sql`update config_head set version = 2`,
    ]) {
      await asCompany(ctx, statement);
    }
    const { changed } = await configuration.restore(ctx, { ...change({}, 2), toVersion: 1 });
    assert.deepEqual(changed, ['newer.setting']);
    assert.equal(await limitOf(instance, ctx), 5);
  });

  void it('CF-06 a credential that does not open any more is replaced, and of what it was nothing is said', async () => {
    const ctx = administrator();
    await using before = await start(new Bus(), [FIRST]);
    await before.configuration.change(ctx, change({ 'model.key': 'sk-lost' }));
    await using after = await start(new Bus(), [masterKey('second')]);
    await after.configuration.change(ctx, change({ 'model.key': 'sk-new' }, 1));
    const [latest] = await after.configuration.history(ctx);
    assert.equal(latest?.items[0]?.prints?.before, null);
    assert.match(latest.items[0].prints.after ?? '', /^[0-9a-f]{16}$/);
  });

  void it('CF-06 what an earlier release has sealed opens, and what it was sent is known when it comes again', async () => {
    const ctx = administrator('tenant_01k9h2zq4teerrb9xv3f6m8sna' as TenantId);
    const [ofChange, ofReturn] = [
      Buffer.from('7c4179a737a60a25aed38fd7071299a4a5decf7d844ec3e6d9ce264fb918f5e1', 'hex'),
      Buffer.from('bce139f7c1ad5d82e8680060c4293601ace005190518102577d5be8a89ec6c04', 'hex'),
    ];
    const sealed = Buffer.from('AQVmaXJzdDFxHfZHhqrNl96kSIAhRBjSN3AonbAQa5g/Lq7tHSzq6oaWvb/4OdA=', 'base64');
    for (const statement of [
      sql`insert into config_head (tenant_id, version) values (${ctx.tenantId}, 2) on conflict do nothing`,
      sql`insert into config_change (tenant_id, version, actor_id, reason, request_id, body_hash, left_as_is, at)
          values (${ctx.tenantId}, 1, ${ctx.userId}, 'negotiated', 'r-change', ${ofChange}, '{}', now()),
            (${ctx.tenantId}, 2, ${ctx.userId}, 'taken back', 'r-return', ${ofReturn}, '{model.key}', now())
          on conflict do nothing`,
      sql`insert into config_override (tenant_id, key, sealed, version)
          values (${ctx.tenantId}, 'model.key', ${sealed}, 1) on conflict do nothing`,
    ]) {
      await asCompany(ctx, statement);
    }
    await using instance = await start(new Bus(), [FIRST]);
    const { configuration } = instance;
    assert.equal((await configuration.for(ctx)).settings.model.key.reveal(), 'sk-earlier');
    const set = { 'model.wording': false, 'model.key': 'sk-earlier' };
    const sent = { set, expectedVersion: 0, reason: 'negotiated', requestId: 'r-change' };
    assert.equal((await configuration.change(ctx, sent)).repeated, true);
    const returned = { toVersion: 0, expectedVersion: 1, reason: 'taken back', requestId: 'r-return' };
    assert.equal((await configuration.restore(ctx, returned)).repeated, true);
  });

  void it('CF-08 an instance that has ended looks for nothing', async () => {
    const instance = await start();
    await limitOf(instance, administrator());
    await instance[Symbol.asyncDispose]();
    assert.deepEqual([instance.clock.pending, instance.configuration.status().companies], [0, 0]);
  });

  void it('CF-08 operators see how changes were told to other instances; one that changes nothing is not told', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(5)));
    const same = await instance.configuration.change(ctx, change(limit(5), 1));
    assert.deepEqual(same, { version: 1, changed: [], left: [], repeated: false, announced: 'now' });
    bus.isCut = true;
    await instance.configuration.change(ctx, change(limit(6), 1));
    assert.deepEqual(bus.published, [[ctx.tenantId, 1]]);
    assert.deepEqual(instance.warned, [{ tenantId: ctx.tenantId, reason: 'Error: Redis does not answer' }]);
    assert.deepEqual(
      instance.counted,
      ['now', 'by_poll'].map((announced) => ['settings_changes_total', { announced }]),
    );
  });

  void it('CF-08 a change that is made and cannot be read back is answered as made, and found by the next look', async () => {
    await using instance = await start();
    const { configuration, store, clock } = instance;
    const ctx = administrator();
    await configuration.change(ctx, change(limit(5)));
    await limitOf(instance, ctx);
    store.beforeHandingOn = () => Promise.reject(new Error('the connection broke'));
    assert.equal((await configuration.change(ctx, change(limit(6), 1))).version, 2);
    assert.equal(await limitOf(instance, ctx), 5);
    store.beforeHandingOn = () => Promise.resolve();
    clock.advance(1_100);
    await eventually(async () => assert.equal(await limitOf(instance, ctx), 6));
  });

  const FULL = 'Nothing was changed: a company has at most 200 settings of its own and 256 KiB.';

  void it('CF-03 a company has at most 200 settings of its own, those of a newer release included', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    await asCompany(
      ctx,
      sql`insert into config_override (tenant_id, key, value, version)
          select ${ctx.tenantId}, 'newer.setting' || n, 'true', 0 from generate_series(1, 199) n`,
    );
    await configuration.change(ctx, change(limit(5)));
    const one = change({ 'model.wording': false }, 1);
    await assert.rejects(configuration.change(ctx, one), { code: 'too_many_settings', message: FULL });
    await configuration.change(ctx, change(limit(6), 1));
    await configuration.change(ctx, { ...one, expectedVersion: 2, remove: ['limits.threadsPerPerson'] });
  });

  void it('CF-03 a company has at most 256 KiB of settings, as they are stored', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    // With its quotes 256 KiB but five bytes, which are those of "false".
    const text = `${'ü'.repeat((256 * 1024 - 8) / 2)}x`;
    await asCompany(
      ctx,
      sql`insert into config_override (tenant_id, key, value, version)
          values (${ctx.tenantId}, 'newer.setting', ${JSON.stringify(text)}::jsonb, 0)`,
    );
    await configuration.change(ctx, change({ 'model.wording': false }));
    for (const set of [limit(5), { 'model.key': 'sk' }]) {
      await assert.rejects(configuration.change(ctx, change(set, 1)), { code: 'too_many_settings', message: FULL });
    }
    await configuration.change(ctx, change({ 'model.wording': true }, 1));
  });
});
