import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { it } from 'node:test';

/** Fails once when its parent has gone, stays alive as the platform does, and says with its exit status how often it failed. */
const ORPHAN = `
  let failures = 0;
  process.on('uncaughtException', () => { failures += 1; if (failures > 3) process.exit(failures); });
  process.once('disconnect', () => {
    setTimeout(() => process.exit(failures), 200);
    throw new Error('nobody is there');
  });
  process.send('ready');`;

it('an instance whose parent is gone does not fail over and over because it cannot tell it so', async () => {
  const figures = resolve(__dirname, 'figures-of-process.ts');
  const child = spawn(
    process.execPath,
    ['--require', './support/typescript/register.js', '--require', figures, '--eval', ORPHAN],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  await once(child, 'message');
  child.disconnect();
  assert.deepEqual(await once(child, 'exit'), [1, null]);
});
