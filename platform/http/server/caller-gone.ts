import type { ServerResponse } from 'node:http';
import { wasHandedOver } from '../requests/admission';

/** Aborts when the caller has gone or was answered in another way, so that nothing is worked out for nobody. */
export function callerGone({ raw }: { readonly raw: ServerResponse }): AbortSignal {
  const gone = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished || wasHandedOver(raw)) gone.abort(new Error('the caller has gone'));
  });
  return gone.signal;
}
