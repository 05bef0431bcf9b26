import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Envelope } from '@cucumber/messages';
import { shortCommit, withCommit } from './commit';

const root = mkdtempSync(join(tmpdir(), 'commit-'));
after(() => rmSync(root, { recursive: true, force: true }));

const meta = { meta: { protocolVersion: '1' } } as unknown as Envelope;
const revision = (): string | undefined => withCommit(meta, root).meta?.ci?.git?.revision;

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root, stdio: 'pipe' });
}

test('a run says on which commit it rests, and when its files were not those of the commit', () => {
  assert.equal(revision(), undefined);
  git('init');
  writeFileSync(join(root, '.gitignore'), 'output\n');
  git('add', '.');
  git('commit', '-m', 'first');
  writeFileSync(join(root, 'output'), 'ignored');
  assert.match(revision() ?? '', /^[0-9a-f]{40}$/);
  writeFileSync(join(root, '.gitignore'), 'output\nmore\n');
  assert.match(revision() ?? '', /^[0-9a-f]{40} with uncommitted changes$/);
  assert.match(shortCommit(revision() ?? '', 7), /^[0-9a-f]{7} with uncommitted changes$/);
});
