import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { z } from 'zod';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { suffixOf, uuidFrom } from '../../../world/modules/id-manager/typeid-standard';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../kernel';
import { ID_CODES, IdError, type IdCode } from '../errors';
import { createIdSource } from '../generation/id-source';
import { ID_KINDS, type IdKind } from '../kinds';
import { migrateUuid, uuidOf } from '../migration/migrate-uuid';
import { describeId } from './describe';
import { readId } from './read';
import { idSchema } from './schema';

/** The published example of a UUIDv7 and its 26 characters. */
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const SUFFIX = '01h455vb4pex5vsknk084sn02q';
const ID = `thread_${SUFFIX}`;
const DIGITS = UUID.replaceAll('-', '');

const LABELS: Readonly<Record<IdKind, string>> = {
  tenant: 'a tenant id',
  user: 'a user id',
  session: 'a session id',
  key: 'a key id',
  thread: 'a thread id',
  msg: 'a message id',
  run: 'a run id',
  event: 'an event id',
  call: 'a tool call id',
  ckpt: 'a checkpoint id',
  conn: 'a connection id',
  req: 'a request id',
  agent: 'an agent id',
  audit: 'an audit entry id',
  cfg: 'a configuration id',
  inst: 'an instance id',
  mig: 'a migration id',
};
const LENGTHS: Readonly<Record<IdKind, number>> = {
  ...{ tenant: 33, user: 31, session: 34, key: 30, thread: 33, msg: 30, run: 30, event: 32, call: 31, ckpt: 31 },
  ...{ conn: 31, req: 30, agent: 32, audit: 32, cfg: 30, inst: 31, mig: 30 },
};

function errorOf(input: unknown, kind: IdKind = 'thread'): IdError {
  const read = readId(kind, input);
  assert(!read.ok, 'was accepted');
  return read.error;
}

/** The refusal, to the last character. */
function assertRefused(input: unknown, code: IdCode, reason: string, kind: IdKind = 'thread'): void {
  const { code: given, field, retryable, message } = errorOf(input, kind);
  const expected = `"${kind}Id" must be ${LABELS[kind]}, written as ${kind}_ and 26 characters; ${reason}.`;
  assert.deepEqual(
    { code: given, field, retryable, message },
    { code, field: `${kind}Id`, retryable: false, message: expected },
  );
}

for (const kind of ID_KINDS) {
  void test(`ID-03 ${kind}: its id has ${LENGTHS[kind]} characters and passes its own reader only`, () => {
    const deps = { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics };
    const id = createIdSource(deps).next(kind);
    assert.match(id, new RegExp(`^${kind}_[0-9a-z]{26}$`));
    assert.equal(id.length, LENGTHS[kind]);
    for (const reader of ID_KINDS) {
      if (reader === kind) assert.deepEqual(readId(reader, id), { ok: true, value: id });
      else assertRefused(id, 'id_wrong_kind', `this is ${LABELS[kind]}`, reader);
    }
  });
}

for (const [given, expected, code, reason] of [
  [`run_${SUFFIX}`, 'thread', 'id_wrong_kind', 'this is a run id'],
  [`user_${SUFFIX}`, 'tenant', 'id_wrong_kind', 'this is a user id'],
  [ID, 'conn', 'id_wrong_kind', 'this is a thread id'],
  [`threads_${SUFFIX}`, 'thread', 'id_unknown_kind', 'this does not begin with a known kind of id'],
] as const) {
  void test(`ID-03 ${given} is refused where a ${expected} id is expected`, () => {
    assertRefused(given, code, reason, expected);
  });
}

void test('ID-03 an error names the field it was given, as the caller calls it', () => {
  const read = readId('thread', '', 'before');
  assert(!read.ok && read.error.field === 'before' && read.error.message.startsWith('"before" must be a thread id'));
});

const CHARACTERS = 'only lower-case letters, digits and one underscore are allowed';
const LETTERS = 'after the underscore come 0 to 7 and then digits and letters without i, l, o and u';
const NOT_26 = 'this does not have 26 characters after the underscore';
const TOO_SHORT = 'this is too short';
const TOO_LONG = 'this is too long';
const UNKNOWN = 'this does not begin with a known kind of id';
const RESERVED = 'all zeros and all ones are never used';

const HOSTILE: readonly (readonly [name: string, input: unknown, code: IdCode, reason: string])[] = [
  ['empty text', '', 'id_wrong_length', TOO_SHORT],
  ['a number', 42, 'id_not_text', 'this is not text'],
  ['nothing', undefined, 'id_not_text', 'this is not text'],
  ['a list', [ID], 'id_not_text', 'this is not text'],
  ['a line break at the end', `${ID}\n`, 'id_not_canonical', CHARACTERS],
  ['a blank in front', ` ${ID}`, 'id_not_canonical', CHARACTERS],
  ['capitals', ID.toUpperCase(), 'id_not_canonical', CHARACTERS],
  ['the letter l', ID.replace(/q$/, 'l'), 'id_not_canonical', LETTERS],
  ['the letter u', ID.replace(/q$/, 'u'), 'id_not_canonical', LETTERS],
  ['the letter l and a zero at the end', ID.replace(/2q$/, 'l0'), 'id_not_canonical', LETTERS],
  ['25 characters', ID.slice(0, -1), 'id_wrong_length', NOT_26],
  ['27 characters', `${ID}0`, 'id_wrong_length', NOT_26],
  ['8 as first character', `thread_8${SUFFIX.slice(1)}`, 'id_not_canonical', LETTERS],
  [
    'full-width digits',
    ID.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    'id_not_canonical',
    CHARACTERS,
  ],
  ['a hidden zero byte', `thread_\0${SUFFIX.slice(1)}`, 'id_not_canonical', CHARACTERS],
  ['a path', '../../../../../../../etc/passwd', 'id_not_canonical', CHARACTERS],
  ['a database command', "thread'; drop table thread; --    ", 'id_not_canonical', CHARACTERS],
  ['all zeros', `thread_${'0'.repeat(26)}`, 'id_reserved', RESERVED],
  ['all ones', `thread_7${'z'.repeat(25)}`, 'id_reserved', RESERVED],
  ['29 characters of text', 'x'.repeat(29), 'id_wrong_length', TOO_SHORT],
  ['30 characters of text', 'x'.repeat(30), 'id_unknown_kind', UNKNOWN],
  ['45 characters of text', 'x'.repeat(45), 'id_unknown_kind', UNKNOWN],
  ['46 characters of text', 'x'.repeat(46), 'id_wrong_length', TOO_LONG],
  ['a second underscore', `thread__${SUFFIX.slice(1)}`, 'id_not_canonical', LETTERS],
  ['all zeros and a one', `thread_${'0'.repeat(26)}1`, 'id_wrong_length', NOT_26],
  ['a longer text that ends with an id', `my${ID}`, 'id_unknown_kind', UNKNOWN],
];

const codeIn = (issue: z.core.$ZodIssue): unknown => (issue.code === 'custom' ? issue.params?.['code'] : issue.code);

for (const [name, input, code, reason] of HOSTILE) {
  void test(`ID-04 refused as ${code} by every reader, without repeating it: ${name}`, () => {
    assertRefused(input, code, reason);

    const text = typeof input === 'string' ? input : JSON.stringify(input ?? '');
    if (text.length > 12) assert(!errorOf(input).message.includes(text.slice(-13)));

    const any = describeId(input, new ControlledClock());
    assert(!any.ok && any.error.code === code && any.error.field === 'id');
    assert.equal(any.error.message, `"id" must be an id, written as thread_ and 26 characters; ${reason}.`);

    const { issues } = z.object({ threadId: idSchema('thread') }).safeParse({ threadId: input }).error ?? {
      issues: [],
    };
    assert.deepEqual(
      issues.map((issue) => ({ code: codeIn(issue), message: issue.message })),
      [{ code, message: errorOf(input).message.replace('"threadId" ', '') }],
    );
  });
}

for (const [name, input] of [
  ['hyphenated', UUID],
  ['braced', `{${UUID}}`],
  ['as a URN', `urn:uuid:${UUID}`],
  ['without hyphens', DIGITS],
  ['in capitals', UUID.toUpperCase()],
] as const) {
  void test(`ID-04 a bare UUID is refused with the way out: ${name}`, () => {
    assertRefused(input, 'id_bare_uuid', 'this is a plain UUID, whose id is found with the migration that imported it');
  });
}

for (const [name, input, code] of [
  ['text in front', `x${UUID}`, 'id_not_canonical'],
  ['text behind', `${UUID}x`, 'id_not_canonical'],
  ['text in front of 32 digits', `x${DIGITS}`, 'id_unknown_kind'],
  ['text behind 32 digits', `${DIGITS}x`, 'id_unknown_kind'],
  ['text behind braces', `{${UUID}}x`, 'id_not_canonical'],
] as const) {
  void test(`ID-04 what only resembles a UUID is not sent to a migration: ${name}`, () => {
    const { code: given, field, retryable } = errorOf(input);
    assert.deepEqual({ code: given, field, retryable }, { code, field: 'threadId', retryable: false });
  });
}

void test('ID-04 refusing 10 MB costs no more than refusing 40 characters', () => {
  const timeOf = (text: string): number => {
    const began = performance.now();
    for (let i = 0; i < 25; i++) assert.equal(errorOf(text).code, 'id_wrong_length');
    return performance.now() - began;
  };
  const [long, short] = ['thread_'.padEnd(10_000_000, '0'), 'thread_'.padEnd(40, '0')];
  const rounds = Array.from({ length: 20 }, () => [timeOf(long), timeOf(short)] as const);
  assert(Math.min(...rounds.map(([ms]) => ms)) < 3 * Math.min(...rounds.map(([, ms]) => ms)));
});

for (const kind of ID_KINDS) {
  void test(`ID-04 writing and reading are exact inverses, as the public standard writes it: ${kind}`, () => {
    for (let i = 0; i < 200; i++) {
      const uuid = uuidFrom(systemRandom.bytes(16), (i % 8) + 1);
      const id = migrateUuid(kind, uuid);
      assert(id.ok);
      assert.deepEqual(readId(kind, id.value), { ok: true, value: `${kind}_${suffixOf(uuid)}` });
      assert.equal(uuidOf(id.value), uuid);
    }
  });
}

void test('ID-04 whatever comes in, reading never throws and refuses with a documented code', () => {
  fc.assert(
    fc.property(fc.anything(), (thing) => {
      const error = errorOf(thing);
      assert(error instanceof IdError && ID_CODES.includes(error.code));
    }),
    { numRuns: 500 },
  );
});
