import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uuidOf } from '../migration/migrate-uuid';
import { readId } from './read';

/**
 * The examples published with the TypeID specification (jetify-com/typeid, spec/valid.json and spec/invalid.json,
 * version of 2026-07-17, Apache-2.0), unchanged.
 */
const VALID_EXAMPLES: readonly { readonly typeid: string; readonly uuid: string }[] = [
  { typeid: '00000000000000000000000000', uuid: '00000000-0000-0000-0000-000000000000' },
  { typeid: '00000000000000000000000001', uuid: '00000000-0000-0000-0000-000000000001' },
  { typeid: '0000000000000000000000000a', uuid: '00000000-0000-0000-0000-00000000000a' },
  { typeid: '0000000000000000000000000g', uuid: '00000000-0000-0000-0000-000000000010' },
  { typeid: '00000000000000000000000010', uuid: '00000000-0000-0000-0000-000000000020' },
  { typeid: '7zzzzzzzzzzzzzzzzzzzzzzzzz', uuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' },
  { typeid: 'prefix_0123456789abcdefghjkmnpqrs', uuid: '0110c853-1d09-52d8-d73e-1194e95b5f19' },
  { typeid: 'prefix_01h455vb4pex5vsknk084sn02q', uuid: '01890a5d-ac96-774b-bcce-b302099a8057' },
  { typeid: 'pre_fix_00000000000000000000000000', uuid: '00000000-0000-0000-0000-000000000000' },
];

const INVALID_EXAMPLES: readonly string[] = [
  'PREFIX_00000000000000000000000000',
  '12345_00000000000000000000000000',
  'pre.fix_00000000000000000000000000',
  'pr\u00e9fix_00000000000000000000000000',
  '  prefix_00000000000000000000000000',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl_00000000000000000000000000',
  '_00000000000000000000000000',
  '_',
  'prefix_1234567890123456789012345',
  'prefix_123456789012345678901234567',
  'prefix_1234567890123456789012345 ',
  'prefix_0123456789ABCDEFGHJKMNPQRS',
  'prefix_123456789-123456789-123456',
  'prefix_ooooooiiiiiiuuuuuuulllllll',
  'prefix_i23456789ol23456789oi23456',
  'prefix_123456789-0123456789-0123456',
  'prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz',
  '_prefix_00000000000000000000000000',
  'prefix__00000000000000000000000000',
  '',
  'prefix_',
];

/** The authors' prefix is replaced by one of our kinds, so that what stands behind it is judged. */
function readAll(ids: readonly string[]): { accepted: string[]; refused: Record<string, number> } {
  const accepted: string[] = [];
  const refused: Record<string, number> = {};
  for (const id of ids) {
    const read = readId('thread', id);
    if (read.ok) accepted.push(uuidOf(read.value));
    else refused[read.error.code] = (refused[read.error.code] ?? 0) + 1;
  }
  return { accepted, refused };
}

void test('ID-04 the valid examples of the TypeID specification are read as published, save nil and max', () => {
  const { accepted, refused } = readAll(VALID_EXAMPLES.map(({ typeid }) => `thread_${typeid.slice(-26)}`));
  const reserved = (uuid: string): boolean => /^[0-]+$|^[f-]+$/.test(uuid);
  assert.deepEqual(
    accepted,
    VALID_EXAMPLES.map(({ uuid }) => uuid).filter((uuid) => !reserved(uuid)),
  );
  assert.equal(accepted.length, 6);
  assert.deepEqual(refused, { id_reserved: 3 });
});

void test('ID-04 the invalid examples of the TypeID specification are refused', () => {
  assert.deepEqual(readAll(INVALID_EXAMPLES.map((typeid) => typeid.replace('prefix', 'thread'))), {
    accepted: [],
    refused: { id_not_canonical: 11, id_unknown_kind: 2, id_wrong_length: 8 },
  });
});
