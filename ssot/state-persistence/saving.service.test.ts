import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { stores } from '../../support/module-tests/stores';
import { ControlledClock } from '../../world/operations/controlled-clock';
import type { Database } from '../database-manager';
import { noMetrics, servicePrincipal, silentLogger, sql, vouchFor, type Json, type TenantContext } from '../kernel';
import { openStatePersistence, type SaveInput, type StatePersistence } from '.';

const { ids } = stores;

describe('saving a run', () => {
  let db: Database;
  let persistence: StatePersistence;
  const clock = new ControlledClock(Date.UTC(2026, 0, 1));
  before(async () => {
    db = await stores.database();
    persistence = await openStatePersistence({ warm: db, clock, log: silentLogger, metrics: noMetrics });
  });

  /** The first save of a new run. */
  function first(more: Partial<SaveInput> = {}): SaveInput {
    return {
      ...{ runId: ids.next('run'), threadId: ids.next('thread'), agent: 'data', fence: 5, expectedVersion: 0, step: 1 },
      ...{ phase: 'data', state: { found: 1 }, shape: 1, saveId: 'first', ...more },
    };
  }
  const second = (one: SaveInput, more: Partial<SaveInput> = {}): SaveInput => {
    return { ...one, expectedVersion: 1, step: 2, state: { found: 2 }, saveId: 'second', ...more };
  };

  void it('SP-02 a repeat is given the first receipt, also after others have saved, and nothing is written again', async () => {
    const ctx = someone();
    const one = first();
    const receipt = await persistence.save(ctx, one);
    assert.equal(receipt.replayed, false);
    clock.advance(60_000);
    for (const later of [undefined, second(one)]) {
      if (later !== undefined) await persistence.save(ctx, later);
      assert.deepEqual(await persistence.save(ctx, one), { ...receipt, replayed: true });
    }
    assert.deepEqual((await persistence.load(ctx, one.runId)).state, { found: 2 });
  });

  for (const [what, more] of [
    ['other content', { state: { found: 9 } }],
    ['another step', { step: 9 }],
    ['another ending', { ending: 'completed' }],
  ] as const) {
    void it(`SP-02 a save id that comes again with ${what} is refused, also with the newest version`, async () => {
      const ctx = someone();
      const one = first();
      await persistence.save(ctx, one);
      for (const expectedVersion of [0, 1]) {
        await assert.rejects(persistence.save(ctx, { ...one, ...more, expectedVersion }), {
          ...{ code: 'persistence_save_id_reused', field: 'saveId' },
          message: 'This save id was used for other content. Nothing was written.',
        });
      }
      const { version, state } = await persistence.load(ctx, one.runId);
      assert.deepEqual([version, state], [1, { found: 1 }]);
    });
  }

  for (const [what, more, refusal] of [
    [
      'an outdated version',
      { expectedVersion: 0 },
      {
        ...{ code: 'persistence_version_conflict', version: 1, field: 'expectedVersion' },
        message: 'Somebody else saved first: version 1 stands. Load it and go on from there.',
      },
    ],
    ['a version to come', { expectedVersion: 2 }, { code: 'persistence_version_conflict', version: 1 }],
    ['an older fence', { fence: 4 }, { code: 'persistence_fenced_off', field: 'fence' }],
    ['an older fence and an outdated version', { fence: 4, expectedVersion: 0 }, { code: 'persistence_fenced_off' }],
  ] as const) {
    void it(`SP-02 a save with ${what} is refused, and leaves nothing`, async () => {
      const ctx = someone();
      const one = first();
      await persistence.save(ctx, one);
      await assert.rejects(persistence.save(ctx, second(one, more)), refusal);
      // Its save id is free: what was refused was not remembered.
      assert.deepEqual((await persistence.save(ctx, second(one))).version, 2);
    });
  }

  void it('SP-02 a run that nobody has begun cannot be gone on with', async () => {
    const refusal = { code: 'persistence_not_found', field: 'runId', message: 'There is no such run.' };
    await assert.rejects(persistence.save(someone(), second(first())), refusal);
    await assert.rejects(persistence.load(someone(), ids.next('run')), refusal);
  });

  void it('SP-03 a run is read with all that was saved of it, and with its ending once it has one', async () => {
    const ctx = someone();
    const one = first({ state: { found: [1, null] } });
    const { savedAt } = await persistence.save(ctx, one);
    const { saveId: _, expectedVersion: __, ...saved } = one;
    assert.deepEqual(await persistence.load(ctx, one.runId), { ...saved, version: 1, savedAt, tier: 'warm' });
    const ended = second(one, { ending: 'failed', fence: 6, agent: 'report', phase: 'end', shape: 2 });
    const end = await persistence.save(ctx, ended);
    assert.partialDeepStrictEqual(await persistence.load(ctx, one.runId), {
      ...{ version: 2, ending: 'failed', fence: 6, step: 2, agent: 'report', phase: 'end', shape: 2 },
      ...{ state: { found: 2 }, savedAt: end.savedAt },
    });
  });

  for (const ending of ['completed', 'failed', 'cancelled'] as const) {
    void it(`SP-02 a run that is ${ending} stays so`, async () => {
      const ctx = someone();
      const brief = first({ ending });
      await persistence.save(ctx, brief);
      assert.equal((await persistence.load(ctx, brief.runId)).ending, ending);
      const one = first();
      await persistence.save(ctx, one);
      await db.transaction(ctx, (tx) => persistence.close(ctx, one.runId, ending, tx));
      await db.transaction(ctx, (tx) => persistence.close(ctx, one.runId, 'completed', tx));
      await assert.rejects(persistence.save(ctx, second(one)), {
        ...{
          code: 'persistence_run_ended',
          field: 'runId',
          message: `This run has ended (${ending}) and stays ended.`,
        },
      });
      assert.equal((await persistence.load(ctx, one.runId)).ending, ending);
    });
  }

  void it('SP-03 within a larger transaction what it has saved is read, and nobody else reads it before its end', async () => {
    const ctx = someone();
    const one = first();
    await db.transaction(ctx, async (tx) => {
      await persistence.save(ctx, one, tx);
      assert.deepEqual((await persistence.load(ctx, one.runId, tx)).state, { found: 1 });
      await assert.rejects(persistence.load(ctx, one.runId), { code: 'persistence_not_found', field: 'runId' });
    });
    assert.equal((await persistence.load(ctx, one.runId)).version, 1);
  });

  void it('SP-08 the runs of a thread go with it, those of other threads and other people stay', async () => {
    const ctx = someone();
    const [one, two] = [first(), first()];
    const ofColleague = first({ threadId: one.threadId });
    const colleague = someone(ctx.tenantId);
    for (const run of [one, two]) await persistence.save(ctx, run);
    await persistence.save(colleague, ofColleague);
    await db.transaction(ctx, (tx) => persistence.deleteOfThread(ctx, one.threadId, tx));
    await assert.rejects(persistence.load(ctx, one.runId), { code: 'persistence_not_found' });
    assert.equal((await persistence.load(ctx, two.runId)).version, 1);
    assert.equal((await persistence.load(colleague, ofColleague.runId)).version, 1);
  });

  void it('SP-08 a thread of somebody on legal hold is not deleted, and its runs stay', async () => {
    const ctx = someone();
    const one = first();
    await persistence.save(ctx, one);
    const { tenantId, userId } = ctx;
    const hold = sql`insert into retention_hold values (${tenantId}, ${userId}, 'Lawsuit of May', ${userId}, now())`;
    await db.asService(servicePrincipal('test'), (tx) => tx.execute(hold));
    await assert.rejects(
      db.transaction(ctx, (tx) => persistence.deleteOfThread(ctx, one.threadId, tx)),
      {
        ...{ code: 'persistence_on_hold', field: 'threadId' },
        message: 'A legal hold keeps this thread. Ask an administrator.',
      },
    );
    assert.equal((await persistence.load(ctx, one.runId)).version, 1);
  });

  void it('SP-02 of two that begin a run at once one lands, and the other is told', async () => {
    for (let i = 0; i < 10; i++) {
      const ctx = someone();
      const one = first();
      const both = [one, { ...one, saveId: 'other', state: 'other' }];
      const outcomes = await Promise.allSettled(both.map((input) => persistence.save(ctx, input)));
      const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as object] : []));
      assert.deepEqual(
        refused.map((error) => (error as { code: string }).code),
        ['persistence_version_conflict'],
      );
    }
  });

  void it('SP-02 a save in a larger transaction that fails leaves nothing, and its id is free', async () => {
    const ctx = someone();
    const one = first();
    const failed = db.transaction(ctx, async (tx) => {
      await persistence.save(ctx, one, tx);
      throw new Error('the rest failed');
    });
    await assert.rejects(failed, /the rest failed/);
    await assert.rejects(persistence.load(ctx, one.runId), { code: 'persistence_not_found' });
    assert.equal((await persistence.save(ctx, one)).replayed, false);
  });

  void it('SP-10 two companies with the same run id have two runs', async () => {
    const one = first();
    const companies = [someone(), someone()] as const;
    for (const [n, ctx] of companies.entries()) await persistence.save(ctx, { ...one, state: n });
    const states = await Promise.all(companies.map(async (ctx) => (await persistence.load(ctx, one.runId)).state));
    assert.deepEqual(states, [0, 1]);
  });

  const deep = { rows: [{ ok: true }, { bad: undefined }] } as never;
  const loop: { self?: unknown } = {};
  loop.self = loop;
  for (const [what, more, code, field] of [
    ['no run', { runId: 'x' as never }, 'persistence_invalid_input', 'runId'],
    ['no thread', { threadId: '' as never }, 'persistence_invalid_input', 'threadId'],
    ['a negative step', { step: -1 }, 'persistence_invalid_input', 'step'],
    ['an unknown ending', { ending: 'splendid' as never }, 'persistence_invalid_input', 'ending'],
    ['something that is nowhere in JSON', { state: deep }, 'persistence_not_serialisable', 'state.rows.1.bad'],
    ['not-a-number', { state: [NaN] }, 'persistence_not_serialisable', 'state.0'],
    ['a loop', { state: loop as never }, 'persistence_not_serialisable', /^state(\.self)+$/],
    ['a date', { state: { at: new Date() } as never }, 'persistence_not_serialisable', 'state.at'],
    [
      'something that writes itself in another way',
      { state: { toJSON: () => 1 } as never },
      'persistence_not_serialisable',
      'state',
    ],
    [
      'a name that JSON would lose',
      { state: JSON.parse('{"__proto__":1}') as never },
      'persistence_not_serialisable',
      'state',
    ],
    ['a symbol', { state: { [Symbol('s')]: 1 } as never }, 'persistence_not_serialisable', 'state'],
    ['what is deeper than 500', { state: nested(502) }, 'persistence_not_serialisable', /^state(\.0){501}$/],
    ['minus zero', { state: [-0] }, 'persistence_not_serialisable', 'state.0'],
    ['a field that nobody knows', { colour: 1 } as never, 'persistence_invalid_input', 'input'],
    ['a list with a hole', { state: Object.assign([], { 1: 1 }) }, 'persistence_not_serialisable', 'state'],
    ['2 MiB and a byte', { state: 'x'.repeat(2 * 1_024 * 1_024 - 1) }, 'persistence_too_large', 'state'],
  ] as const) {
    void it(`SP-02 ${what} is refused by name, and nothing is written`, async () => {
      const ctx = someone();
      const one = first();
      await assert.rejects(
        persistence.save(ctx, { ...one, ...more }),
        (error: Error & { code: string; field: string }) => {
          assert.equal(error.code, code);
          if (typeof field === 'string') assert.equal(error.field, field);
          else assert.match(error.field, field);
          // Whoever reads it alone learns which field, and where it stands now.
          assert(error.message.startsWith(error.field), error.message);
          if (code !== 'persistence_too_large') assert.match(error.message, / Nothing was written\.$/);
          return true;
        },
      );
      await assert.rejects(persistence.load(ctx, one.runId), { code: 'persistence_not_found' });
    });
  }

  for (const state of [
    '',
    null,
    0.1,
    [],
    {},
    { 'a "key"': ['ä\u0000'.replace('\u0000', ' '), -1e-7, [[null]]] },
    'x'.repeat(2 * 1_024 * 1_024 - 2),
    nested(500),
  ]) {
    void it(`SP-03 comes back as it was: ${JSON.stringify(state).slice(0, 40)}`, async () => {
      const ctx = someone();
      const one = first({ state });
      await persistence.save(ctx, one);
      assert.deepEqual((await persistence.load(ctx, one.runId)).state, state);
    });
  }
});

/** Lists in lists, so many, around a number. */
function nested(depth: number): Json {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

function someone(tenantId = ids.next('tenant')): TenantContext {
  return vouchFor({ tenantId, userId: ids.next('user'), plan: 'mid', permissions: ['chat:use'] });
}
