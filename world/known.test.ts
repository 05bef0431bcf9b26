import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cast } from './actors/cast';
import { known, meaningOf } from './known';
import type { RevenueWorld } from './revenue-world';

test('a word that nobody knows is refused by name, with the nearest and all that are known', () => {
  assert.throws(() => known('plan', 'mdi', ['free', 'mid']), {
    message: 'There is no plan "mdi". Did you mean "mid"? Known: free, mid.',
  });
  assert.throws(() => known('plan', 'platinum', ['free', 'mid']), {
    message: 'There is no plan "platinum". Known: free, mid.',
  });
});

test('a word that is known by its spelling alone has no meaning', () => {
  assert.equal(meaningOf('right', 'chat', { chat: 'chat:use' }), 'chat:use');
  assert.throws(() => meaningOf('right', 'toString', { chat: 'chat:use' }), /There is no right "toString"/);
});

test('nobody plays who is not in the cast', () => {
  const cast = new Cast({} as RevenueWorld);
  assert.throws(() => cast.named('Dan' as 'Dana'), /There is no person "Dan". Did you mean "Dana"\? Known: Dana, Ravi/);
  assert.throws(() => cast.tenant('Nowhere' as 'Acme'), /There is no company "Nowhere". Known: Acme, Birch/);
});
