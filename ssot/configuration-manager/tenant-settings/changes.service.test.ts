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
  rowsOf,
  start,
} from '../../../support/module-tests/company-settings';
import { stores } from '../../../support/module-tests/stores';
import { z } from 'zod';
import { sql, vouchFor, type TenantContext, type TenantId } from '../../kernel';
import type { ConfigurationError } from '..';

describe('settings of companies', () => {
  void it('CF-01 a company without settings of its own has the platform’s, and removes its own again', async () => {
    await using instance = await start();
    const ctx = administrator();
    const { configuration } = instance;
    assert.equal((await configuration.for(ctx)).settings.model.name, 'platform-model');
    await configuration.change(ctx, change({ 'model.name': 'acme-model' }));
    assert.equal((await configuration.for(ctx)).settings.model.name, 'acme-model');
    const receipt = await configuration.change(ctx, change(undefined, 1, { remove: ['model.name'] }));
    assert.deepEqual([receipt.version, receipt.changed], [2, ['model.name']]);
    const snapshot = await configuration.for(ctx);
    assert.deepEqual([snapshot.version, snapshot.settings.model.name], [2, 'platform-model']);
  });

  void it('CF-01 settings outlive every instance', async () => {
    const ctx = administrator();
    await using before = await start();
    await before.configuration.change(ctx, change(limit(7)));
    await using after = await start();
    assert.equal(await limitOf(after, ctx), 7);
  });

  void it('CF-02 what is stored comes back as it was written', async () => {
    await using instance = await start();
    const ctx = administrator();
    const name = 'نموذج 👨‍👩‍👧‍👦 "q" \\ $(rm) `x` %41';
    const prices = Array.from({ length: 200 }, (_, i) => ({
      ...{ provider: 'openai', model: `${name} ${i} ${'x'.repeat(60)}`, from: '2026-11-01T00:00:00Z', currency: 'USD' },
      perMillion: { input: '0.10', cachedInput: '0', output: '999999999.999999' },
    }));
    await instance.configuration.change(ctx, change({ 'model.name': name, 'analytics.negotiatedPrices': prices }));
    await using other = await start();
    const { settings } = await other.configuration.for(ctx);
    assert.deepEqual([settings.model.name, settings.analytics.negotiatedPrices], [name, prices]);
  });

  void it('CF-03 a change that the store breaks off leaves nothing and is announced to nobody', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(5)));
    const before = await rowsOf(ctx);
    const database = await stores.database();
    instance.store.transaction = (who, body, options) =>
      database.transaction(
        who,
        async (tx) => {
          await body(tx);
          await tx.execute(sql`select 1 / 0`);
          throw new Error('not reached');
        },
        options,
      );
    const set = { ...limit(6), 'model.wording': false, 'model.name': 'x' };
    await assert.rejects(instance.configuration.change(ctx, change(set, 1)));
    assert.equal(await rowsOf(ctx), before);
    assert.equal(bus.published.length, 1);
  });

  void it('CF-03 what only a newer release knows is neither dropped nor rewritten', async () => {
    await using instance = await start();
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(5)));
    await (
      await stores.database()
    ).transaction(ctx, (tx) =>
      tx.execute(sql`insert into config_override (tenant_id, key, value, version)
        values (${ctx.tenantId}, 'model.temperature', '0.5', 1)`),
    );
    await instance.configuration.change(ctx, change(limit(6), 1));
    assert.match(await rowsOf(ctx), /"key":"model.temperature",[^}]*"value":0.5/);
  });

  void it('CF-05 nothing of a company is another’s, read, changed or asked for with its id altered', async () => {
    await using instance = await start();
    const [acme, birch] = [administrator(), administrator()];
    await Promise.all([
      instance.configuration.change(acme, change(limit(3))),
      instance.configuration.change(birch, change(limit(4))),
    ]);
    const read = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? acme : birch));
    const seen = await Promise.all(read.map((ctx) => limitOf(instance, ctx)));
    assert.deepEqual(
      seen,
      read.map((ctx) => (ctx === acme ? 3 : 4)),
    );
    assert(!(await rowsOf(birch)).includes(acme.tenantId));
    for (const odd of [':', '/', '/..', '%', '*', "'", '%25']) {
      const tenantId = `${acme.tenantId}${odd}` as TenantId;
      assert.notEqual(await limitOf(instance, administrator(tenantId)), 3, odd);
    }
    const lookalike = { ...acme };
    await assert.rejects(async () => instance.configuration.for(lookalike), refusedAs('context_unverified'));
  });

  void it('CF-05 without the right nothing is read, changed or restored, and nothing is left', async () => {
    await using instance = await start();
    const ctx = administrator();
    await instance.configuration.change(ctx, change(limit(3)));
    const before = await rowsOf(ctx);
    const { configuration } = instance;
    const member = vouchFor({ ...ctx, userId: stores.ids.next('user'), permissions: ['chat:use'] });
    for (const act of [
      () => configuration.explain(member),
      () => configuration.history(member),
      () => configuration.change(member, change(limit(9), 1)),
      () => configuration.restore(member, { ...change({}, 1), toVersion: 0 }),
    ]) {
      await assert.rejects(act, refusedAs('not_allowed'));
    }
    assert.equal(await rowsOf(ctx), before);
  });

  void it('CF-06 a credential is stored sealed, and a row that is copied to another company does not open there', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const [acme, birch] = [administrator(), administrator()];
    await instance.configuration.change(acme, change({ 'model.key': 'sk-planted-1234' }));
    assert.equal((await instance.configuration.for(acme)).settings.model.key.reveal(), 'sk-planted-1234');
    for (const spelling of ['utf8', 'hex', 'base64'] as const) {
      const planted = Buffer.from('sk-planted-1234').toString(spelling);
      assert(!(await rowsOf(acme)).includes(planted) && !JSON.stringify(bus.published).includes(planted));
    }
    const database = await stores.database();
    const bytes = z.object({ sealed: z.instanceof(Buffer) });
    const [row] = await database.transaction(acme, (tx) => tx.query(sql`select sealed from config_override`, bytes));
    await database.transaction(birch, (tx) =>
      tx.execute(sql`insert into config_override (tenant_id, key, sealed, version)
        values (${birch.tenantId}, 'model.key', ${row?.sealed}, 0)`),
    );
    const { settings } = await instance.configuration.for(birch);
    assert.throws(() => settings.model.key.reveal(), refusedAs('secret_unreadable'));
  });

  void it('CF-06 a sealed credential that is copied to a setting that anybody may read does not open there', async () => {
    await using instance = await start();
    const ctx = administrator();
    await instance.configuration.change(ctx, change({ 'model.key': 'sk-planted-1234' }));
    const database = await stores.database();
    await database.transaction(ctx, (tx) =>
      tx.execute(sql`insert into config_override (tenant_id, key, sealed, version)
        select tenant_id, 'model.name', sealed, version from config_override`),
    );
    await using after = await start();
    const shown = await after.configuration.for(ctx).then(
      ({ settings }) => JSON.stringify(settings.model.name),
      (refusal: unknown) => String(refusal),
    );
    assert(!shown.includes('sk-planted-1234'), shown);
  });

  void it('CF-06 the history says that a credential changed; equal ones of two companies do not look alike', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const [acme, birch] = [administrator(), administrator()];
    await configuration.change(acme, change({ 'model.key': 'sk-one' }));
    await configuration.change(acme, change({ 'model.key': 'sk-two' }, 1));
    await configuration.change(birch, change({ 'model.key': 'sk-one' }));
    const prints = async (ctx: TenantContext) =>
      (await configuration.history(ctx)).flatMap(({ items }) =>
        items.map(({ before, after, prints }) => ({ before, after, prints })),
      );
    const [second, first] = await prints(acme);
    const [ofBirch] = await prints(birch);
    assert.deepEqual(
      [first?.before, first?.after, second?.before, second?.after],
      [undefined, undefined, undefined, undefined],
    );
    assert.match(first?.prints?.after ?? '', /^[0-9a-f]{16}$/);
    assert.equal(second?.prints?.before, first?.prints?.after);
    assert.notEqual(second?.prints?.after, second?.prints?.before);
    assert.notEqual(ofBirch?.prints?.after, first?.prints?.after);
  });

  void it('CF-07 a change sent again to an instance to which another master key is the newest is applied once', async () => {
    const second = masterKey('second');
    const ctx = administrator();
    await using before = await start(new Bus(), [FIRST, second]);
    await using after = await start(new Bus(), [second, FIRST]);
    const lost = change({ 'model.wording': false });
    const { version } = await before.configuration.change(ctx, lost);
    const again = await after.configuration.change(ctx, lost);
    assert.deepEqual([again.version, again.repeated], [version, true]);
    await assert.rejects(
      after.configuration.change(ctx, { ...lost, reason: 'another one' }),
      refusedAs('idempotency_key_reused'),
    );
  });

  void it('CF-06 after the master key was replaced old credentials open, new ones use the new key, a lost key refuses only its own', async () => {
    const second = masterKey('second');
    const [acme, birch] = [administrator(), administrator()];
    await using before = await start(new Bus(), [FIRST]);
    await before.configuration.change(acme, change({ 'model.key': 'sk-acme' }));
    await using rotated = await start(new Bus(), [second, FIRST]);
    await rotated.configuration.change(birch, change({ 'model.key': 'sk-birch' }));
    assert.equal((await rotated.configuration.for(acme)).settings.model.key.reveal(), 'sk-acme');
    await using after = await start(new Bus(), [second]);
    assert.equal((await after.configuration.for(birch)).settings.model.key.reveal(), 'sk-birch');
    const { settings } = await after.configuration.for(acme);
    assert.equal(settings.model.name, 'platform-model');
    assert.throws(() => settings.model.key.reveal(), /"first"/);
    await after.configuration.change(acme, change({ 'model.key': 'sk-new' }, 1));
    assert.equal((await after.configuration.for(acme)).settings.model.key.reveal(), 'sk-new');
  });

  void it('CF-07 a return makes the earlier settings again as a new version, leaves credentials and names them', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    await configuration.change(ctx, change({ ...limit(5), 'model.key': 'sk-one' }));
    await configuration.change(ctx, change({ ...limit(6), 'model.name': 'acme-model', 'model.key': 'sk-two' }, 1));
    await configuration.change(ctx, change(limit(7), 2));
    const receipt = await configuration.restore(ctx, { ...change({}, 3), toVersion: 1 });
    assert.deepEqual(receipt, {
      ...{ version: 4, left: ['model.key'], repeated: false, announced: 'now' },
      changed: ['limits.threadsPerPerson', 'model.name'],
    });
    const { limits, settings } = await configuration.for(ctx);
    assert.deepEqual(
      [limits.threadsPerPerson, settings.model.name, settings.model.key.reveal()],
      [5, 'platform-model', 'sk-two'],
    );
    const [latest] = await configuration.history(ctx, { limit: 1 });
    assert.equal(latest?.version, 4);
    await assert.rejects(configuration.restore(ctx, { ...change({}, 4), toVersion: 5 }), {
      ...{ code: 'version_unknown', field: 'version' },
      message: 'Nothing was changed: there is no version 5; the newest is 4.',
    });
    // To what holds anyway.
    assert.deepEqual((await configuration.restore(ctx, { ...change({}, 4), toVersion: 4 })).changed, []);
  });

  void it('CF-07 a return to what is not allowed any more is refused whole, with every setting named', async () => {
    await using instance = await start();
    const ctx = administrator();
    await instance.configuration.change(ctx, change({ ...limit(9_000), 'model.name': 'acme-model' }));
    await instance.configuration.change(
      ctx,
      change(undefined, 1, { remove: ['limits.threadsPerPerson', 'model.name'] }),
    );
    const before = await rowsOf(ctx);
    const smaller = vouchFor({ ...ctx, plan: 'free' });
    await assert.rejects(
      instance.configuration.restore(smaller, { ...change({}, 2), toVersion: 1 }),
      ({ message }: Error) => message.includes('"limits.threadsPerPerson"') && message.includes('"model.name"'),
    );
    assert.equal(await rowsOf(ctx), before);
  });

  void it('CF-07 of two who save the same setting at once one is told who was first; different settings are both saved', async () => {
    await using instance = await start();
    const [one, other] = [administrator(), administrator()];
    const colleague = administrator(one.tenantId);
    const { configuration } = instance;
    const same = await Promise.allSettled([
      configuration.change(one, change(limit(5))),
      configuration.change(colleague, change(limit(6))),
    ]);
    assert.deepEqual(same.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const lost = same.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    const winner = same[0]?.status === 'fulfilled' ? one : colleague;
    const { code, changedBy } = lost.reason as ConfigurationError;
    assert.deepEqual([code, changedBy], ['version_conflict', winner.userId]);
    const different = await Promise.all([
      configuration.change(other, change(limit(5))),
      configuration.change(other, change({ 'model.wording': false })),
    ]);
    assert.deepEqual(different.map(({ version }) => version).sort(), [1, 2]);
  });

  void it('CF-07 a change sent again is made once, and its id with other content is refused', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    const sent = change(limit(5));
    const answers = await Promise.all([configuration.change(ctx, sent), configuration.change(ctx, sent)]);
    assert.deepEqual(
      answers.map(({ version }) => version),
      [1, 1],
    );
    assert.deepEqual(answers.map(({ repeated }) => repeated).sort(), [false, true]);
    await assert.rejects(configuration.change(ctx, { ...sent, set: limit(6) }), refusedAs('idempotency_key_reused'));
    await assert.rejects(configuration.restore(ctx, { ...sent, toVersion: 0 }), refusedAs('idempotency_key_reused'));
    assert.equal(await limitOf(instance, ctx), 5);
    const stranger = await configuration.change(administrator(), sent);
    assert.equal(stranger.repeated, false);
  });

  void it('CF-07 a change sent again is the one that was made, whatever the plan has become since', async () => {
    await using instance = await start();
    const { configuration } = instance;
    const ctx = administrator();
    const sent = change(limit(9_000));
    await configuration.change(ctx, sent);
    const smaller = vouchFor({ ...ctx, plan: 'free' });
    const again = await configuration.change(smaller, sent);
    assert.deepEqual([again.version, again.changed, again.repeated], [1, ['limits.threadsPerPerson'], true]);
    await assert.rejects(configuration.change(smaller, change(limit(9_001), 1)), refusedAs('above_limit'));
  });

  void it('CF-07 saving what is so already leaves no record and no word', async () => {
    const bus = new Bus();
    await using instance = await start(bus);
    const ctx = administrator();
    await instance.configuration.change(ctx, change({ ...limit(5), 'model.key': 'sk-one' }));
    const before = await rowsOf(ctx);
    const receipt = await instance.configuration.change(ctx, change({ ...limit(5), 'model.key': 'sk-one' }, 1));
    assert.deepEqual([receipt.version, receipt.changed], [1, []]);
    await instance.configuration.change(ctx, change(undefined, 1, { remove: ['model.name'] }));
    assert.equal(await rowsOf(ctx), before);
    assert.equal(bus.published.length, 1);
  });

  void it('CF-07 after 20 editors at once versions have no gap, and replaying the history gives what is in force', async () => {
    await using instance = await start();
    const ctx = administrator();
    const editor = async (i: number): Promise<void> => {
      const colleague = administrator(ctx.tenantId);
      for (;;) {
        const { version } = await instance.configuration.explain(colleague);
        const set = i % 3 === 0 ? { 'model.name': `m${i}` } : limit(i + 1);
        const done = await instance.configuration.change(colleague, change(set, version)).catch((error: unknown) => {
          if (refusedAs('version_conflict')(error)) return undefined;
          throw error;
        });
        if (done !== undefined) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => editor(i)));
    const history = (await instance.configuration.history(ctx)).toReversed();
    assert.deepEqual(
      history.map(({ version }) => version),
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    const replayed = new Map<string, unknown>();
    for (const { items } of history) {
      for (const { key, before, after } of items) {
        assert.deepEqual(before, replayed.get(key));
        replayed.set(key, after);
      }
    }
    const { settings } = await instance.configuration.explain(ctx);
    const own = settings.filter(({ source }) => source === 'tenant').map(({ key, value }) => [key, value]);
    assert.deepEqual(new Map(own as [string, unknown][]), new Map([...replayed].sort(([a], [b]) => (a < b ? -1 : 1))));
  });
});
