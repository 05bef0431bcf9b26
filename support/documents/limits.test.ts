import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plans } from '../../ssot/configuration-manager';
import { codeIn, tableBelow } from './markdown';

const FILE = 'docs/operations.md';

void test(`${FILE} has every limit by plan, with the numbers of the table of plans`, () => {
  const documented = tableBelow('## Limits', FILE).map(([name, ...cells]) => [
    codeIn(name)[0],
    ...cells.slice(0, 4).map((cell) => Number(cell.replaceAll(',', ''))),
  ]);
  const { free, early, mid, enterprise } = plans;
  const enforced = (Object.keys(free) as (keyof typeof free)[]).map((limit) => {
    return [limit, free[limit], early[limit], mid[limit], enterprise[limit]];
  });
  assert.deepEqual(documented, enforced);
});
