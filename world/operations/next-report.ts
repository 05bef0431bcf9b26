import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** The next thing that a process of ours reports; rejects when it ends instead. */
export async function nextReport<T>(child: ChildProcess): Promise<T> {
  const over = new AbortController();
  const ended = once(child, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`the process ended by itself with ${String(code)}`);
  });
  ended.catch(() => undefined);
  try {
    const [report] = (await Promise.race([once(child, 'message', { signal: over.signal }), ended])) as [T];
    return report;
  } finally {
    over.abort();
  }
}
