import type { ServerResponse } from 'node:http';

/** Aborts when the caller's connection ends before the answer, so that nothing is worked out for nobody. */
export function callerGone({ raw }: { readonly raw: ServerResponse }): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) gone.abort(new Error('the caller has gone'));
  });
  return gone.signal;
}
