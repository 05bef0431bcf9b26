import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { uuidFrom, uuidIn } from '../../../world/modules/id-manager/typeid-standard';
import { noMetrics, silentLogger, systemRandom, type Clock, type Id } from '../../kernel';
import { createIdSource } from '../generation/id-source';
import { ID_KINDS } from '../kinds';
import { migrateUuid } from '../migration/migrate-uuid';
import { describeId } from './describe';
import { readId } from './read';
import { idSchema } from './schema';

function givenAt(at: number): Id {
  return createIdSource({
    clock: new ControlledClock(at),
    random: systemRandom,
    logger: silentLogger,
    metrics: noMetrics,
  }).next('thread');
}

function describe(id: Id, clock: Clock): { facts: ReturnType<typeof describeId>; counted: string[] } {
  const counted: string[] = [];
  const count = (name: string, labels?: Readonly<Record<string, string>>): void =>
    void counted.push(`${name} ${labels?.['kind']}`);
  return { facts: describeId(id, clock, { ...noMetrics, count }), counted };
}

function assertPassesItsReadersOnly(id: Id): void {
  assert.deepEqual(
    ID_KINDS.filter((kind) => readId(kind, id).ok),
    ['thread'],
  );
  assert.equal(idSchema('thread').parse(id), id);
}

const DAY_MS = 86_400_000;
for (const [title, offsetMs, ahead] of [
  ['dated 10 minutes ahead, not marked', 600_000, false],
  ['dated 10 minutes and 1 millisecond ahead, marked and counted', 600_001, true],
  ['given two years ago, not marked', -730 * DAY_MS, false],
] as const) {
  void test(`ID-02 an id says when it was given: ${title}`, () => {
    const clock = new ControlledClock();
    const at = clock.now() + offsetMs;
    const id = givenAt(at);
    const facts = { id, kind: 'thread', uuid: uuidIn(id), origin: 'issued', issuedAt: new Date(at), ahead };
    assert.deepEqual(describe(id, clock), {
      facts: { ok: true, value: facts },
      counted: ahead ? ['id_ahead thread'] : [],
    });
    assertPassesItsReadersOnly(id);
  });
}

void test('ID-07 a migrated random UUID is accepted everywhere and never taken to carry a time', () => {
  const uuid = uuidFrom(systemRandom.bytes(16), 4);
  const migrated = migrateUuid('thread', uuid);
  assert(migrated.ok);
  const id = migrated.value;
  assert.deepEqual(describe(id, new ControlledClock()), {
    facts: { ok: true, value: { id, kind: 'thread', uuid, origin: 'migrated', issuedAt: null, ahead: false } },
    counted: [],
  });
  assertPassesItsReadersOnly(id);
});
