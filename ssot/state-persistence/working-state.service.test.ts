import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import type { Database } from '../database-manager';
import {
  noMetrics,
  silentLogger,
  vouchFor,
  type DurableChange,
  type DurableOp,
  type DurableQuery,
  type TenantContext,
} from '../kernel';
import { openStatePersistence } from '.';

const { ids } = stores;
const BEGIN = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const inMs = (ms: number): Date => new Date(BEGIN + ms);

describe('working state that must last', () => {
  let db: Database;
  before(async () => (db = await stores.database()));

  /** A store at a time of its own, one person, and the changes that others hear of. */
  async function open() {
    const clock = new ControlledClock(BEGIN);
    const persistence = await openStatePersistence({ warm: db, clock, log: silentLogger, metrics: noMetrics });
    const { workingState: store } = persistence;
    const heard: string[] = [];
    const changes: DurableChange[] = [];
    store.subscribe((change) => {
      heard.push(`${change.name} ${change.op} ${change.version}`);
      changes.push(change);
      return Promise.resolve();
    });
    const ctx = someone();
    const put = (name: string, more: Partial<Extract<DurableOp, { op: 'put' }>> = {}, writeId?: string) =>
      store.apply(
        ctx,
        {
          ...{ op: 'put', owner: 'dana', name, expect: '', incarnation: `of ${name}`, body: 'sealed', shape: 3 },
          ...{ defaultLifetimeMs: HOUR_MS, ...more },
        },
        writeId,
      );
    const remove = (name: string, expect = '', writeId?: string) =>
      store.apply(ctx, { op: 'remove', owner: 'dana', name, expect }, writeId);
    const load = (name: string, owner = 'dana') => store.load(ctx, { owner, name });
    const page = async (more: Partial<DurableQuery> = {}) => {
      const query = { owner: 'dana', start: '', middle: '', since: inMs(0), below: null, limit: 10, ...more };
      return (await store.page(ctx, query)).map(({ name }) => name);
    };
    return { clock, store, ctx, heard, changes, put, remove, load, page };
  }

  void it('ST-02 what is read is what was written, with its revision, order and times', async () => {
    const { clock, put, load, changes } = await open();
    const made = { incarnation: 'of note', version: 1, expiresAt: inMs(HOUR_MS) };
    assert.deepEqual(await put('note'), { result: made, replayed: false, delivered: true });
    const first = await load('note');
    assert.partialDeepStrictEqual(first, { ...made, owner: 'dana', name: 'note', body: 'sealed', shape: 3 });
    assert.deepEqual([first?.createdAt, first?.updatedAt], [inMs(0), inMs(0)]);
    assert.equal(first?.order, first?.stamp);
    clock.advance(60_000);
    await put('note', { body: 'again', shape: 4, incarnation: 'of another' });
    const second = await load('note');
    assert.deepEqual(second, {
      ...{ ...first, body: 'again', shape: 4, version: 2, stamp: second?.stamp, updatedAt: inMs(60_000) },
    });
    assert((second?.stamp ?? 0) > (first?.stamp ?? 0));
    assert.deepEqual(
      changes.map(({ current }) => current),
      [first, second],
    );
    assert.equal(await load('note', 'ravi'), undefined);
  });

  void it('ST-04 a change is made to the revision that its writer has read, or not at all', async () => {
    const { put, remove, load, heard } = await open();
    const refused = { refused: 'conflict', current: null };
    assert.deepEqual(await put('note', { expect: 'of note.1' }), refused);
    assert.deepEqual(await remove('note', 'of note.1'), refused);
    await put('note', { expect: 'absent' });
    const now = await load('note');
    for (const expect of ['absent', 'of note.2', 'of another.1']) {
      assert.deepEqual(await put('note', { expect, body: 'other' }), { refused: 'conflict', current: now });
      assert.deepEqual(await remove('note', expect), { refused: 'conflict', current: now });
    }
    assert.deepEqual(await load('note'), now);
    assert.partialDeepStrictEqual(await put('note', { expect: 'of note.1' }), { result: { version: 2 } });
    assert.deepEqual(await remove('note', 'of note.2'), {
      ...{ result: { was: true }, replayed: false, delivered: true },
    });
    assert.deepEqual(heard, ['note created 1', 'note updated 2', 'note removed 2']);
  });

  void it('ST-04 of many who write an entry at one moment each lands once, on top of the one before', async () => {
    const { put, load, heard } = await open();
    await Promise.all(Array.from({ length: 10 }, (_, n) => put('note', { body: `${n}` })));
    assert.equal((await load('note'))?.version, 10);
    const created = Array.from({ length: 10 }, (_, n) => `note ${n === 0 ? 'created' : 'updated'} ${n + 1}`);
    assert.deepEqual(new Set(heard), new Set(created));
    const alone = await Promise.all(Array.from({ length: 10 }, () => put('other', { expect: 'absent' })));
    assert.equal(alone.filter((one) => 'result' in one).length, 1);
  });

  void it('ST-04 one write id at one moment is one write', async () => {
    const { put, page } = await open();
    const both = await Promise.all([put('a', {}, 'w-1'), put('b', {}, 'w-1')]);
    assert.deepEqual(both.map((one) => 'replayed' in one && one.replayed).toSorted(), [false, true]);
    assert.equal((await page()).length, 1);
  });

  void it('ST-02 what is removed is gone, and written again it is another entry', async () => {
    const { put, remove, load, heard } = await open();
    await put('note');
    await remove('note');
    assert.equal(await load('note'), undefined);
    assert.partialDeepStrictEqual(await remove('note'), { result: { was: false } });
    await put('note', { incarnation: 'the second', expect: 'absent' });
    assert.partialDeepStrictEqual(await load('note'), { incarnation: 'the second', version: 1 });
    assert.deepEqual(heard, ['note created 1', 'note removed 1', 'note created 1']);
  });

  void it('ST-06 an entry ends when it was said to, and a change moves its end only when it says so', async () => {
    const { clock, put, load, page, heard } = await open();
    await put('note');
    await put('short', { lifetimeMs: 1_000 });
    clock.advance(1_000);
    assert.deepEqual(await page(), ['note']);
    assert.equal(await load('short'), undefined);
    await put('note', { body: 'later' });
    assert.deepEqual((await load('note'))?.expiresAt, inMs(HOUR_MS));
    await put('note', { lifetimeMs: 2 * HOUR_MS });
    assert.deepEqual((await load('note'))?.expiresAt, inMs(1_000 + 2 * HOUR_MS));
    clock.advance(2 * HOUR_MS - 1);
    assert.deepEqual(await page(), ['note']);
    clock.advance(1);
    assert.deepEqual(await page(), []);
    heard.length = 0;
    // Whoever comes first after its end ends it for all, and begins a new one.
    assert.partialDeepStrictEqual(await put('note', { incarnation: 'new', expect: 'absent' }), {
      result: { incarnation: 'new', version: 1, expiresAt: inMs(1_000 + 3 * HOUR_MS) },
    });
    assert.deepEqual(heard, ['note expired 3', 'note created 1']);
  });

  void it('ST-06 of what has ended already nothing is removed by hand, and its end is told', async () => {
    const { clock, put, remove, heard } = await open();
    await put('note', { lifetimeMs: 1_000 });
    clock.advance(1_000);
    assert.partialDeepStrictEqual(await remove('note'), { result: { was: false } });
    assert.deepEqual(heard, ['note created 1', 'note expired 1']);
  });

  void it('ST-04 a write that comes again within two minutes is given its first outcome, and nothing is written', async () => {
    const { clock, put, remove, load, heard } = await open();
    const first = await put('note', {}, 'w-1');
    assert('result' in first);
    clock.advance(119_999);
    await put('note', { body: 'by another' });
    assert.deepEqual(await put('note', {}, 'w-1'), { ...first, replayed: true });
    assert.equal((await load('note'))?.body, 'by another');
    clock.advance(1);
    assert.partialDeepStrictEqual(await put('note', {}, 'w-1'), { result: { version: 3 }, replayed: false });
    assert.deepEqual(heard, ['note created 1', 'note updated 2', 'note updated 3']);
    await remove('note', '', 'w-2');
    assert.partialDeepStrictEqual(await remove('note', '', 'w-2'), { result: { was: true }, replayed: true });
  });

  void it("ST-04 a write id is its user's own", async () => {
    const { store, ctx, put } = await open();
    await put('note', {}, 'w-1');
    const colleague = someone(ctx);
    const op = { op: 'remove', owner: 'dana', name: 'note', expect: '' } as const;
    assert.partialDeepStrictEqual(await store.apply(colleague, op, 'w-1'), { result: { was: true }, replayed: false });
  });

  void it('ST-02 a list is of one owner, newest first, as long as asked for, and goes on where it ended', async () => {
    const { store, put, page, load } = await open();
    for (const name of ['a', 'b', 'c']) await put(name);
    await put('a', { body: 'changed later' });
    assert.deepEqual(await page(), ['c', 'b', 'a']);
    assert.deepEqual(await page({ limit: 2 }), ['c', 'b']);
    assert.deepEqual(await page({ below: (await load('b'))?.order ?? 0 }), ['a']);
    assert.deepEqual(await page({ owner: 'ravi' }), []);
    const query = { owner: 'dana', start: '', middle: '', since: inMs(0), below: null, limit: 10 };
    assert.deepEqual(await store.page(someone(), query), []);
  });

  void it('ST-02 a list is of names that begin so, letter by letter, and of what has changed since then', async () => {
    const { clock, put, page } = await open();
    for (const name of ['100%:x:1', '100:x:2', '100%:y:3', '1000:x:4']) await put(name);
    assert.deepEqual(await page({ start: '100%' }), ['100%:y:3', '100%:x:1']);
    assert.deepEqual(await page({ start: '100', middle: ':x' }), ['1000:x:4', '100:x:2', '100%:x:1']);
    assert.deepEqual(await page({ start: '100%', middle: ':y:' }), ['100%:y:3']);
    clock.advance(1_000);
    await put('100:x:2');
    assert.deepEqual(await page({ since: inMs(1_000) }), ['100:x:2']);
    assert.deepEqual(await page({ since: inMs(1_001) }), []);
  });

  void it('ST-11 what begins so is cleared, what had ended is not counted, and others hear of each', async () => {
    const { clock, store, ctx, put, page, heard } = await open();
    await put('t1:a', { lifetimeMs: 1_000 });
    for (const name of ['t1:b', 't1:c', 't10:d']) await put(name);
    clock.advance(1_000);
    heard.length = 0;
    assert.deepEqual(await store.clear(ctx, 'dana', 't1:', false), { removed: 2 });
    assert.deepEqual(await page(), ['t10:d']);
    assert.deepEqual(heard.toSorted(), ['t1:a expired 1', 't1:b removed 1', 't1:c removed 1']);
    assert.deepEqual(await store.clear(ctx, 'ravi', '', false), { removed: 0 });
    assert.partialDeepStrictEqual(await put('t1:b', { expect: 'absent' }), { result: { version: 1 } });
  });

  void it('ST-11 after an erasure nothing of its owner is stored for a day, and nobody hears what it was', async () => {
    const { clock, store, ctx, put, page, heard } = await open();
    await put('note', {}, 'w-1');
    await store.apply(ctx, noteOf('ravi'));
    heard.length = 0;
    assert.deepEqual(await store.clear(ctx, 'dana', '', true), { removed: 1 });
    assert.deepEqual([await page(), await page({ owner: 'ravi' }), heard], [[], ['note'], []]);
    clock.advance(24 * HOUR_MS - 1);
    assert.deepEqual(await put('note', {}, 'w-2'), { refused: 'erased' });
    assert.partialDeepStrictEqual(await store.apply(ctx, noteOf('ravi')), { replayed: false });
    clock.advance(1);
    assert.partialDeepStrictEqual(await put('note'), { result: { version: 1 } });
  });

  void it('ST-06 the sweep removes what has ended, tells it, and says when nothing is left', async () => {
    const { clock, store, ctx, put, page, heard } = await open();
    await put('short', { lifetimeMs: 1_000 });
    await put('note');
    clock.advance(1_000);
    heard.length = 0;
    assert.equal(await store.sweep(ctx.tenantId), false);
    assert.deepEqual([heard, await page()], [['short expired 1'], ['note']]);
    assert.equal(await store.sweep(ctx.tenantId), false);
    clock.advance(HOUR_MS);
    assert.equal(await store.sweep(ctx.tenantId), true);
    assert.deepEqual(heard, ['short expired 1', 'note expired 1']);
  });
});

const noteOf = (owner: string): DurableOp => ({
  ...{ op: 'put', owner, name: 'note', expect: '', incarnation: 'i', body: 'sealed', shape: 1 },
  defaultLifetimeMs: 100 * HOUR_MS,
});

function someone({ tenantId = ids.next('tenant') }: Partial<TenantContext> = {}): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan: 'mid', permissions: ['chat:use'] });
}
