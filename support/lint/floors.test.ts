import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const ROOT = resolve(__dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'floors-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What reading the rules of the architecture says where these modules exist. */
function readingWith(modules: readonly string[]): { status: number | null; said: string } {
  rmSync(join(folder, 'ssot'), { recursive: true, force: true });
  for (const module of modules) mkdirSync(join(folder, 'ssot', module), { recursive: true });
  cpSync(join(ROOT, '.dependency-cruiser.cjs'), join(folder, 'rules.cjs'));
  const { status, stderr } = spawnSync(process.execPath, ['rules.cjs'], { cwd: folder, encoding: 'utf8' });
  return { status, said: stderr };
}

const modules = readdirSync(join(ROOT, 'ssot'));

test('every module stands on a floor, and a new one without a floor is named', () => {
  assert.deepEqual(readingWith(modules), { status: 0, said: '' });
  const { status, said } = readingWith([...modules, 'billing']);
  assert.equal(status, 1);
  assert.match(said, /ssot\/billing stands on no floor.* Add it to FLOORS in \.dependency-cruiser\.cjs/);
});
