import { execFileSync } from 'node:child_process';
import type { Envelope } from '@cucumber/messages';

/** A build server names the commit in the stream's meta message; on any other machine git is asked, also for changes. */
export function withCommit(message: Envelope, root: string): Envelope {
  if (!message.meta || message.meta.ci?.git) return message;
  const revision = commitOf(root);
  if (revision === undefined) return message;
  return {
    meta: { ...message.meta, ci: { ...(message.meta.ci ?? { name: 'local' }), git: { remote: '', revision } } },
  };
}

/** `792cea7 with uncommitted changes`: the hash short enough to read, and what was said about it. */
export function shortCommit(commit: string, digits: number): string {
  return commit.replace(/^[0-9a-f]{7,}/, (hash) => hash.slice(0, digits));
}

/** As in `RunModel`; undefined where no git can tell. */
export function commitOf(root: string): string | undefined {
  try {
    const hash = gitSays(root, 'rev-parse', 'HEAD');
    const changes = gitSays(root, '--no-optional-locks', 'status', '--porcelain');
    return changes === '' ? hash : `${hash} with uncommitted changes`;
  } catch {
    return undefined; // Not a git checkout, or no git here: the commit stays unknown.
  }
}

function gitSays(root: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim();
}
