import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidFrom } from '../../../world/modules/id-manager/typeid-standard';
import { systemRandom } from '../../kernel';
import type { IdCode } from '../errors';
import { migrateUuid, uuidOf } from './migrate-uuid';

const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';
const ZEROS = '00000000-0000-0000-0000-000000000000';
const ONES = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

void test('ID-07 one million UUIDs get one id each, which leads back exactly', () => {
  const ids = new Set<string>();
  for (let batch = 0; batch < 100; batch++) {
    const bytes = systemRandom.bytes(16 * 10_000);
    for (let i = 0; i < 10_000; i++) {
      const uuid = uuidFrom(bytes.subarray(16 * i, 16 * i + 16), 4);
      const id = migrateUuid('thread', uuid);
      assert(id.ok && uuidOf(id.value) === uuid);
      ids.add(id.value);
    }
  }
  assert.equal(ids.size, 1_000_000);
});

for (const [name, uuid, id] of [
  ['published example', UUID, 'thread_01h455vb4pex5vsknk084sn02q'],
  ['random', '9f1c2c3a-1b2d-4c3e-8f90-abcdefabcdef', 'thread_4z3gp3m6sd9gz8z45bsqqtqkff'],
  ['oldest version', '00000000-0000-1000-8000-000000000000', 'thread_00000000002008000000000000'],
  ['newest version', 'ffffffff-ffff-8fff-bfff-ffffffffffff', 'thread_7zzzzzzzzzhzzvzzzzzzzzzzzz'],
  ['capitals', UUID.toUpperCase(), 'thread_01h455vb4pex5vsknk084sn02q'],
] as const) {
  void test(`ID-07 a UUID gets the same id on any instance and any day: ${name}`, () => {
    assert.deepEqual(migrateUuid('thread', uuid), { ok: true, value: id });
  });
}

const MALFORMED =
  'The legacy id is not a UUID of 36 characters with hyphens, version 1 to 8. Correct it at its source.';
const RESERVED =
  'The legacy id is all zeros or all ones, which identifies no record. Give the record a UUID of its own first.';

const REFUSED: readonly (readonly [name: string, legacy: string, code: IdCode])[] = [
  ['braced', `{${UUID}}`, 'id_legacy_malformed'],
  ['URN', `urn:uuid:${UUID}`, 'id_legacy_malformed'],
  ['no hyphens', UUID.replaceAll('-', ''), 'id_legacy_malformed'],
  ['one digit short', UUID.slice(0, -1), 'id_legacy_malformed'],
  ['trailing line break', `${UUID}\n`, 'id_legacy_malformed'],
  ['blank in front', ` ${UUID}`, 'id_legacy_malformed'],
  ['empty', '', 'id_legacy_malformed'],
  ['all zeros', ZEROS, 'id_reserved'],
  ['all ones', ONES, 'id_reserved'],
  ['all ones in capitals', ONES.toUpperCase(), 'id_reserved'],
  ['text behind zeros', `${ZEROS}x`, 'id_legacy_malformed'],
  ['text before zeros', `x${ZEROS}`, 'id_legacy_malformed'],
  ['version 0', UUID.replace('-7', '-0'), 'id_legacy_malformed'],
  ['version 9', UUID.replace('-7', '-9'), 'id_legacy_malformed'],
  ['another variant', UUID.replace('-b', '-c'), 'id_legacy_malformed'],
];

for (const [name, legacy, code] of REFUSED) {
  void test(`ID-07 only a proper UUID is converted, the rest refused as ${code}: ${name}`, () => {
    const read = migrateUuid('thread', legacy);
    assert(!read.ok);
    const { code: given, field, message } = read.error;
    const expected = code === 'id_reserved' ? RESERVED : MALFORMED;
    assert.deepEqual({ code: given, field, message }, { code, field: 'legacy', message: expected });
  });
}
