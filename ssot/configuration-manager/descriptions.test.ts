import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeIn, tableBelow } from '../../support/documents/markdown';
import { listSettings } from '.';

const rows = tableBelow('## All of them', 'docs/settings.md');

void test('CF-01 every setting is in the document, with its variable, kind, meaning and fallback', () => {
  const plain = (text = ''): string => text.replaceAll('`', '').replaceAll('\\', '');
  const listed = listSettings().map(({ variable = '', key, type, about, isSecret, fallback }) =>
    [variable, key, type, `${about}${isSecret ? ' (secret)' : ''}`, fallback].map(plain),
  );
  assert.deepEqual(
    rows.map((cells) => cells.slice(0, 5).map(plain)),
    listed,
  );
});

void test('CF-01 what a company may change is marked, and from which plan on', () => {
  for (const { key, changedBy, from, variable } of listSettings()) {
    const who = rows.find((cells) => codeIn(cells[1])[0] === key)?.[5] ?? '';
    const plan = /, from the (\w+) plan on$/.exec(who);
    assert.deepEqual([changedBy, from], [who.replace(plan?.[0] ?? '', '').replace(';', ','), plan?.[1]], key);
    assert.equal(changedBy === 'company', variable === undefined, key);
  }
});
