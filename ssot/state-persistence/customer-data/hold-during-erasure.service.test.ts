import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Barrier } from '../../../support/module-tests/barrier';
import { ErasureTest } from '../../../support/module-tests/customer-data/erasure-test';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { eventually } from '../../../world/eventually';
import { persistenceSchemaChanges } from '..';

const MINUTE_MS = 60_000;
const MODULES = ['agents', 'chat', 'accounts'];
const nothingElse = (): Promise<void> => Promise.resolve();
const away = (): Promise<void> => Promise.reject(new Error('away'));
const reason = 'Lawsuit of May';

describe('an erasure on legal hold', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  for (const [when, wasTried] of [
    ['before it is asked for', false],
    ['while it waits to be tried again', true],
  ] as const) {
    void it(`SP-08 placed ${when}, it is neither noted nor begun, while others are, and begins when that is lifted`, async () => {
      const t = new ErasureTest(own.db);
      const [dana, requests] = [t.person(), t.requests()];
      await using _ = await requests.start();
      t.history.isAway = true;
      for (const module of t.modules) module.before = away;
      if (wasTried) {
        await t.erase(requests, dana);
        await t.failing(requests, dana, 'record');
      }
      await requests.hold(t.by, { userId: dana, reason }, nothingElse);
      if (!wasTried) await t.erase(requests, dana);
      t.history.isAway = false;
      for (const module of t.modules) module.before = nothingElse;
      t.begun.length = 0;
      t.clock.advance(MINUTE_MS + 1);
      const other = await t.another(requests);
      assert.deepEqual(t.noted, [other]);
      assert.deepEqual(
        t.begun,
        MODULES.map((name) => [name, other]),
      );
      await requests.lift(t.by, dana, nothingElse);
      await eventually(() => assert.deepEqual(t.modulesWith(dana), []));
    });
  }

  for (const [when, begun] of [
    ['it is noted in the history', []],
    ['a module is emptied', ['agents', 'chat']],
  ] as const) {
    void it(`SP-08 placed while ${when}, it begins no further module, and goes on with those when that is lifted`, async () => {
      const t = new ErasureTest(own.db);
      const [dana, requests] = [t.person(), t.requests()];
      await using _ = await requests.start();
      using barrier = new Barrier();
      if (begun.length === 0) t.history.beforeNote = barrier.pass;
      else t.module('chat').before = barrier.pass;
      const ofDana = (): readonly string[] => t.begun.filter(([, of]) => of === dana).map(([module]) => module);
      await t.erase(requests, dana);
      await barrier.reached;
      await requests.hold(t.by, { userId: dana, reason }, nothingElse);
      barrier.open();
      await t.another(requests);
      assert.deepEqual([ofDana(), (await requests.erasure(t.by, dana)).state], [begun, 'held']);
      await requests.lift(t.by, dana, nothingElse);
      await t.done(requests, dana);
      assert.deepEqual([new Set(ofDana()).size, t.modulesWith(dana)], [MODULES.length, []]);
    });
  }

  void it('SP-08 of one person, that of the whole company waits, too', async () => {
    const t = new ErasureTest(own.db);
    const [dana, requests] = [t.person(), t.requests()];
    await using _ = await requests.start();
    await requests.hold(t.by, { userId: dana, reason }, nothingElse);
    assert.equal((await t.erase(requests, undefined)).state, 'held');
  });
});
