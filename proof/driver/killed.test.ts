import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { expect } from 'chai';
import { birthOf } from '../../support/services/processes/ownership';
import { eventually } from '../../world/eventually';

const PROJECT = resolve(__dirname, '../..');
const root = mkdtempSync(join(tmpdir(), 'proof-killed-test-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Code that a defect has made endless hears no signal and no closed channel. */
const SPINS = `
import { spawn } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import './endless';
test('EN-01 never ends', () => {
  const { pid } = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  writeFileSync('${root}/new', JSON.stringify({ pids: [process.pid, pid], sandbox: process.cwd() }));
  renameSync('${root}/new', '${root}/started');
  for (;;);
});
`;

test('a killed proof leaves nothing that spins, and no folder', async () => {
  mkdirSync(join(root, 'ssot/endless'), { recursive: true });
  mkdirSync(join(root, 'features'));
  writeFileSync(join(root, 'ssot/endless/endless.ts'), 'export const add = (a: number, b: number): number => a + b;\n');
  writeFileSync(join(root, 'ssot/endless/endless.test.ts'), SPINS);
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const register = join(PROJECT, 'support/typescript/register.js');
  const proof = spawn(process.execPath, ['--require', register, join(PROJECT, 'proof/main.ts'), 'endless'], {
    ...{ cwd: root, env, stdio: 'ignore' },
  });
  const told = await eventually(() => readFileSync(join(root, 'started'), 'utf8'), 60_000);
  const { pids, sandbox } = JSON.parse(told) as { pids: number[]; sandbox: string };
  proof.kill('SIGKILL');
  await eventually(() => {
    expect(pids.filter((pid) => birthOf(pid) !== null)).to.deep.equal([]);
    expect(existsSync(sandbox), sandbox).to.equal(false);
  });
});
