import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TenantId } from '../../kernel';
import { ChainCheck, genesisOf, hashOf, type ChainHead, type ChainVerdict, type Link } from './chain';

const CHAIN = 'tenant_01jt5wbs00e4csqj4k1y7d0c3f' as TenantId;

function link(seq: number, prevHash: Buffer, entry = `{"action":"sign_in","n":${seq}}`): Link {
  const unhashed = { seq, at: new Date(1_764_400_000_000 + seq), entry, prevHash };
  return { ...unhashed, hash: hashOf(CHAIN, unhashed) };
}

function chainOf(length: number): Link[] {
  const links: Link[] = [];
  for (let seq = 1; seq <= length; seq++) links.push(link(seq, links.at(-1)?.hash ?? genesisOf(CHAIN)));
  return links;
}

function headOf(links: readonly Link[]): ChainHead {
  const genesis = genesisOf(CHAIN);
  const first = links[0]?.seq ?? 1;
  const firstPrevHash = links[0]?.prevHash ?? genesis;
  return { firstSeq: first, firstPrevHash, lastSeq: links.at(-1)?.seq ?? 0, lastHash: links.at(-1)?.hash ?? genesis };
}

function verdictOn(links: readonly Link[], head: ChainHead): ChainVerdict {
  const check = new ChainCheck(CHAIN, head);
  for (const one of links) check.add(one);
  return check.end();
}

const whole = chainOf(6);
const at = (seq: number): Link => whole[seq - 1] as Link;
const without = (...seqs: number[]): Link[] => whole.filter(({ seq }) => !seqs.includes(seq));
const replaced = (...links: Link[]): Link[] => whole.map((one) => links.find(({ seq }) => seq === one.seq) ?? one);

test('AU-13 a chain that nobody has touched is intact, and so are one entry and none', () => {
  assert.deepEqual(verdictOn(whole, headOf(whole)), { isIntact: true, entries: 6 });
  assert.deepEqual(verdictOn([at(1)], headOf([at(1)])), { isIntact: true, entries: 1 });
  assert.deepEqual(verdictOn([], headOf([])), { isIntact: true, entries: 0 });
});

test('AU-13 a chain whose oldest entries have aged out, by its head, is intact', () => {
  const rest = without(1, 2);
  assert.deepEqual(verdictOn(rest, headOf(rest)), { isIntact: true, entries: 4 });
});

for (const [what, links, seq, fault] of [
  ['an entry changed', replaced({ ...at(3), entry: '{"action":"sign_in","n":9}' }), 3, 'changed'],
  ['its time changed', replaced({ ...at(3), at: new Date(0) }), 3, 'changed'],
  ['an entry changed, and hashed again', replaced(link(3, at(2).hash, '{}')), 4, 'unlinked'],
  ['the newest changed, and hashed again', replaced(link(6, at(5).hash, '{}')), 6, 'changed'],
  ['an entry removed', without(3), 3, 'missing'],
  ['the oldest removed', without(1), 1, 'missing'],
  ['the newest cut off', without(6), 6, 'cut_off'],
  ['all removed', [], 1, 'cut_off'],
  ['two swapped', replaced({ ...at(3), seq: 2 }, { ...at(2), seq: 3 }).sort((a, b) => a.seq - b.seq), 2, 'changed'],
  ['one put in behind', [...whole, link(7, at(6).hash)], 7, 'not_written'],
  ['one twice', [...whole.slice(0, 3), at(3), ...whole.slice(3)], 3, 'not_written'],
  ['one of another chain', replaced(link(3, genesisOf('platform'))), 3, 'unlinked'],
] as const) {
  test(`AU-13 tampering is found and located: ${what}`, () => {
    assert.deepEqual(verdictOn(links, headOf(whole)), { isIntact: false, seq, fault });
  });
}

test('AU-13 what was written once verifies in every later release', () => {
  const genesis = genesisOf(CHAIN);
  const hash = hashOf(CHAIN, {
    seq: 1,
    at: new Date(1_764_400_000_001),
    entry: '{"action":"sign_in"}',
    prevHash: genesis,
  });
  assert.deepEqual(
    [genesis.toString('hex'), hash.toString('hex')],
    [
      'a5ced658036ce3c6117e05cbc0062c839ec8a88e56ae4f0bb0ca83a4318059b0',
      'e691b08ce594244fa34480ca3865efaa6cc370b8ff6d7e77fd32aeb28e0d1e57',
    ],
  );
});

test('AU-13 an entry of one company is none of another', () => {
  assert.notDeepEqual(hashOf(CHAIN, at(1)), hashOf('platform', at(1)));
});

test('AU-13 of several faults the first is named', () => {
  const links = replaced({ ...at(2), entry: '{}' }, { ...at(5), entry: '{}' });
  assert.deepEqual(verdictOn(links, headOf(whole)), { isIntact: false, seq: 2, fault: 'changed' });
});
