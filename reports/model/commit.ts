import { execFileSync } from 'node:child_process';
import type { Envelope } from '@cucumber/messages';

/** A build server names the commit in the stream's meta message; on any other machine git is asked. */
export function withCommit(message: Envelope, root: string): Envelope {
  if (!message.meta || message.meta.ci?.git) return message;
  const revision = commitOf(root);
  if (revision === undefined) return message;
  return {
    meta: { ...message.meta, ci: { ...(message.meta.ci ?? { name: 'local' }), git: { remote: '', revision } } },
  };
}

function commitOf(root: string): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined; // Not a git checkout, or no git here: the commit stays unknown.
  }
}
