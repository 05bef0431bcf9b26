import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PlatformError } from '../../../ssot/kernel';
import type { Admission, Lifecycle } from '../../../ssot/lifecycle-manager';
import type { App } from '../server/app';
import { sendProblem } from './problem';

/** Answers that the stop of the instance gave, in place of the work that was still being done. */
const handedOver = new WeakSet<ServerResponse>();

export function wasHandedOver(answer: ServerResponse): boolean {
  return handedOver.has(answer);
}

/** Methods that change nothing. */
const SAFE: readonly string[] = ['GET', 'HEAD'];

/** Counts customers' requests while they are at work, refuses them while the instance does not serve, and ends those that outlast its stop. */
export function admitRequests(app: App, lifecycle: Lifecycle): void {
  app.addHook('onRequest', (request, reply, done) => {
    // Callers leave with their answer: what they send on a connection that is about to be ended would be lost unheard.
    if (lifecycle.phase !== 'running') reply.raw.shouldKeepAlive = false;
    if (request.routeOptions.url?.startsWith('/v1/') !== true) return done();
    let admission: Admission;
    try {
      admission = lifecycle.admit('request');
    } catch (refusal) {
      return done(refusal as Error);
    }
    reply.raw.once('close', () => admission[Symbol.dispose]());
    const { signal } = admission;
    signal.addEventListener('abort', () => handOver(request, reply, signal.reason as PlatformError), { once: true });
    done();
  });
}

/** The caller is told before the connection ends; what the work still does is undone with its transaction. */
function handOver({ method }: FastifyRequest, reply: FastifyReply, reason: PlatformError): void {
  if (reply.sent) return;
  handedOver.add(reply.raw);
  // A change may land in this very moment.
  sendProblem(reply, SAFE.includes(method) ? reason : new PlatformError(UNKNOWN));
}

const UNKNOWN = {
  code: 'outcome_unknown',
  message:
    'This instance stopped before it was done; whether it was stored is not known. Send it again with the same key.',
  retryable: true,
  retryAfterMs: 1_000,
};
