import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stored } from './stored.mjs';

function storage(entries: Readonly<Record<string, string>>, setItem?: () => never): Storage {
  const kept = new Map(Object.entries(entries));
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: setItem ?? ((key: string, value: string) => void kept.set(key, value)),
    removeItem: (key: string) => void kept.delete(key),
  } as unknown as Storage;
}

const refusing = (): never => {
  throw new DOMException('no', 'SecurityError');
};

void test('WS-18 what is written is read again', () => {
  const stored = new Stored(() => storage({}));
  assert.equal(stored.write('key', { text: 'ä' }), true);
  assert.deepEqual(stored.read('key'), { text: 'ä' });
  stored.remove('key');
  assert.equal(stored.read('key'), undefined);
});

for (const [name, open] of [
  ['forbidden', refusing],
  ['full', () => storage({}, refusing)],
  ['damaged', () => storage({ key: '{"text": ' }, refusing)],
] as const) {
  void test(`WS-18 a storage that is ${name} costs nothing but what it would have kept`, () => {
    const stored = new Stored(open);
    assert.equal(stored.write('other', 1), false);
    assert.equal(stored.read('key'), undefined);
    stored.remove('key');
  });
}
