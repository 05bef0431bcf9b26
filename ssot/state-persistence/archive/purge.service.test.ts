import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { ownDatabase } from '../../../support/module-tests/own-database';
import { stores } from '../../../support/module-tests/stores';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { eventually } from '../../../world/eventually';
import type { Archive } from '../../analytics';
import type { Database } from '../../database-manager';
import { contextOfSubject, silentLogger, sql, type TenantId } from '../../kernel';
import { persistenceSchemaChanges, startPurge } from '..';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const AT_ONCE = 1_000;
const { ids } = stores;
type Name = Parameters<Archive['erase']>[number];

/** Companies that have deleted so much each, and a history that notes what it is asked to remove. */
class PurgeTest implements AsyncDisposable {
  readonly clock = new ControlledClock();
  readonly batches: (readonly Name[])[] = [];
  /** Before the history does it, or after. */
  fails: 'before' | 'after' | undefined;
  readonly companies: readonly TenantId[];
  readonly #scope = new AsyncDisposableStack();
  #failures = 0;

  private constructor(
    private readonly db: Database,
    companies: number,
  ) {
    this.companies = Array.from({ length: companies }, () => ids.next('tenant'));
  }

  static async begin(db: Database, companies: number, deletions: number): Promise<PurgeTest> {
    const t = new PurgeTest(db, companies);
    for (const tenantId of t.companies) await t.#delete(tenantId, deletions);
    return t;
  }

  /** An instance that looks for what is due. */
  instance(): AsyncDisposable {
    const archive = { erase: (...names: readonly Name[]) => this.#erase(names) } as Archive;
    const logger = { ...silentLogger, warn: () => void (this.#failures += 1) };
    return this.#scope.use(startPurge({ db: this.db, archive, clock: this.clock, logger }));
  }

  /** Lets so much time pass, until each instance waits for its next turn. */
  async pass(ms: number): Promise<void> {
    const armed = this.clock.pending;
    this.clock.advance(ms);
    await eventually(() => assert.equal(this.clock.pending, armed));
  }

  /** How many wait for their first removal, and for the second. */
  async waiting(): Promise<readonly [first: number, second: number]> {
    const row = z.object({ is_second: z.boolean() });
    const all = await Promise.all(
      this.companies.map((tenantId) =>
        this.db.transaction(contextOfSubject({ tenantId }), (tx) =>
          tx.query(sql`select is_second from archive_purge where tenant_id = ${tenantId}`, row),
        ),
      ),
    );
    const second = all.flat().filter(({ is_second: isSecond }) => isSecond).length;
    return [all.flat().length - second, second];
  }

  get failures(): number {
    return this.#failures;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope.disposeAsync();
  }

  async #erase(names: readonly Name[]): Promise<void> {
    await Promise.resolve();
    if (this.fails === 'before') throw new Error('killed');
    this.batches.push(names);
    if (this.fails === 'after') throw new Error('killed');
  }

  async #delete(tenantId: TenantId, deletions: number): Promise<void> {
    const [userId, now] = [ids.next('user'), new Date(this.clock.now())];
    const subjects = Array.from({ length: deletions }, () => ids.next('thread'));
    await this.db.transaction(contextOfSubject({ tenantId, userId: userId }), (tx) =>
      tx.execute(sql`insert into archive_purge (tenant_id, subject, user_id, due_at)
        select ${tenantId}, s, ${userId}, ${now}::timestamptz from unnest(${subjects}::text[]) as s`),
    );
  }
}

describe('what was deleted and is in the history', () => {
  const own = ownDatabase(persistenceSchemaChanges);

  void it('SP-09 a flood of deletions by several companies costs a rewrite for each thousand, and one more each two minutes later', async () => {
    await using t = await PurgeTest.begin(own.db, 5, 500);
    t.instance();
    await t.pass(30 * SECOND_MS);
    const sizes = t.batches.map(({ length }) => length);
    assert.deepEqual(
      [sizes, await t.waiting()],
      [
        [AT_ONCE, AT_ONCE, 500],
        [0, 2_500],
      ],
    );
    assert.equal(new Set(t.batches.flat().map((name) => JSON.stringify(name))).size, 2_500);
    for (let passed = 0; passed < 4; passed++) await t.pass(30 * SECOND_MS);
    assert.deepEqual(
      [t.batches.slice(3).map(({ length }) => length), await t.waiting()],
      [
        [AT_ONCE, AT_ONCE, 500],
        [0, 0],
      ],
    );
  });

  for (const when of ['before', 'after'] as const) {
    void it(`SP-09 killed ${when} the rewrite, it is repeated by another instance a minute later, and nothing is left out`, async () => {
      await using t = await PurgeTest.begin(own.db, 2, 3);
      const killed = t.instance();
      t.fails = when;
      await t.pass(30 * SECOND_MS);
      assert.deepEqual([t.failures, await t.waiting()], [1, [6, 0]]);
      await killed[Symbol.asyncDispose]();
      t.fails = undefined;
      t.instance();
      for (let passed = 0; passed < MINUTE_MS; passed += 30 * SECOND_MS) await t.pass(30 * SECOND_MS);
      assert.deepEqual([t.batches.at(-1)?.length, await t.waiting()], [6, [0, 6]]);
    });
  }

  void it('SP-09 of two instances at one moment each removes what the other does not', async () => {
    await using t = await PurgeTest.begin(own.db, 1, 1_500);
    t.instance();
    t.instance();
    await t.pass(30 * SECOND_MS);
    const names = t.batches.flat();
    assert.deepEqual([names.length, new Set(names.map((name) => JSON.stringify(name))).size], [1_500, 1_500]);
  });
});
