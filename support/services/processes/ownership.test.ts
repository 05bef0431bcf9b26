import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { birthOf, sweep, writeRecord, type RunRecord } from './ownership';

const scratch = mkdtempSync(join(tmpdir(), 'specs-ownership-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
const noContainers = (): Promise<void> => Promise.reject(new Error('no engine'));

test('what a dead run left goes: processes, folder, record', async () => {
  const child = sleeper();
  const run = leave({ runner: await somebodyDead(), processes: [identity(child)] });
  const ended = once(child, 'exit');
  assert.deepEqual(await sweep(run.records, noContainers), { released: 1, refused: [] });
  assert.equal((await ended)[1], 'SIGTERM');
  assert.ok(!existsSync(run.folder) && !existsSync(run.record));
});

test('a living run is left alone', async () => {
  const run = leave({ runner: { pid: process.pid, birth: birthOf(process.pid) ?? '' }, processes: [] });
  assert.deepEqual(await sweep(run.records, noContainers), { released: 0, refused: [] });
  assert.ok(existsSync(run.folder) && existsSync(run.record));
});

test('a number that belongs to somebody else by now saves that process', async () => {
  const stranger = sleeper();
  const processes = [{ ...identity(stranger), birth: '1' }];
  const run = leave({ runner: { pid: process.pid, birth: '1' }, processes });
  assert.equal((await sweep(run.records, noContainers)).released, 1);
  assert.equal(stranger.exitCode ?? stranger.signalCode, null);
  stranger.kill();
});

test('a group goes with its leader, also what hears nothing, and also after its leader', async () => {
  for (const isLeaderFirst of [false, true]) {
    const spin = `require('node:child_process').spawn(process.execPath, ['-e', 'console.log(1); for (;;);'], { stdio: 'inherit' })`;
    const leader = spawn(process.execPath, ['-e', spin], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const run = leave({ runner: await somebodyDead(), processes: [{ ...identity(leader), withGroup: true }] });
    await once(leader.stdout, 'data');
    if (isLeaderFirst) {
      leader.kill('SIGKILL');
      await once(leader, 'exit');
    }
    const isSilent = once(leader.stdout, 'close'); // All that could still write there have ended.
    await sweep(run.records, noContainers);
    await isSilent;
  }
});

test('what cannot be removed keeps its record for the next run', async () => {
  const run = leave({ runner: await somebodyDead(), processes: [], containers: 'abc' });
  const { released, refused } = await sweep(run.records, noContainers);
  assert.equal(released, 0);
  assert.match(refused.join(), /no engine/);
  assert.ok(existsSync(run.record));
});

function leave(facts: Partial<RunRecord> & Pick<RunRecord, 'runner' | 'processes'>) {
  const records = mkdtempSync(join(scratch, 'records-'));
  const folder = join(records, 'data');
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), 'x');
  const record = join(records, 'run.json');
  writeRecord(record, { containers: null, folder, ...facts });
  return { records, folder, record };
}

function sleeper(): ChildProcess {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
}

function identity(child: ChildProcess): RunRecord['processes'][number] {
  const pid = child.pid ?? 0;
  return { pid, birth: birthOf(pid) ?? '', signal: 'SIGTERM' };
}

async function somebodyDead(): Promise<RunRecord['runner']> {
  const child = sleeper();
  const dead = identity(child);
  child.kill('SIGKILL');
  await once(child, 'exit');
  return dead;
}
