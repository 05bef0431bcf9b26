import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PlatformError, problemOf, refuseOnSocket } from '../../../ssot/kernel';
import { statusOf } from '../../public-error';
import { beingAnswered, whenAnswered } from '../server/in-turn';
import { unreadableBecause } from './readable';
import type { ResponseHeaders } from '../server/response-headers';
import { discardBody, isWorthReading } from './unread-body';

/** Told the code of each refusal, because no route counts it. */
type OnRefused = (code: string) => void;

/** Hands requests on that can be read, and refuses the others. */
export function refuseUnreadable(handler: RequestListener, onRefused: OnRefused): RequestListener {
  return (request, response) => {
    const refusal = unreadableBecause(request);
    if (refusal === undefined) return handler(request, response);
    onRefused(refusal.code);
    answerProblem(request, response, refusal);
  };
}

/** Answers a request that expects what is not offered; "100-continue" is Node's to answer. */
export function refuseExpectation(onRefused: OnRefused): RequestListener {
  return (request, response) => {
    const message = 'Nothing but "100-continue" can be expected: leave the header "Expect" out.';
    const refusal = new PlatformError({ code: 'expectation_failed', message, field: 'Expect' });
    onRefused(refusal.code);
    answerProblem(request, response, refusal);
  };
}

function answerProblem(request: IncomingMessage, response: ServerResponse, error: PlatformError): void {
  const status = statusOf(error);
  if (!request.complete) {
    if (isWorthReading(request)) discardBody(request);
    else response.setHeader('connection', 'close');
  }
  const body = JSON.stringify(problemOf(error, status));
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** Answers what Node cannot make a request of with a problem, once, and closes its connection. */
export function refuseMalformed(server: Server, headers: ResponseHeaders, onRefused: OnRefused): void {
  const refused = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // What still comes is thrown away, and may be as malformed.
    if (refused.has(socket)) return;
    const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    if (isReset || !(socket instanceof Socket)) return void socket.destroy();
    const exchange = beingAnswered(socket);
    const isBehind = exchange?.request.complete === true;
    // Another answer would be taken for part of the one that is being given.
    if (!isBehind && exchange?.response.headersSent === true) return void socket.destroy();
    refused.add(socket);
    socket.on('error', () => socket.destroy());
    const refuse = (): void => {
      const refusal = malformed(error);
      onRefused(refusal.code);
      refuseOnSocket(socket, refusal, statusOf(refusal), headers);
    };
    // What came before it was read, and is answered first.
    if (isBehind) whenAnswered(socket, refuse);
    else refuse();
  });
}

const MALFORMED: Readonly<Record<string, readonly [code: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request did not arrive in time. Send it at once.'],
  HPE_HEADER_OVERFLOW: ['headers_too_large', 'The request line and the headers are too large together.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body_too_large', 'The extensions of the chunks are too large. Leave them out.'],
  HPE_INVALID_VERSION: ['http_version_unsupported', 'Speak HTTP/1.1.'],
};

interface ParserError extends NodeJS.ErrnoException {
  readonly reason?: string;
}
/** Under the same code Node's parser reports a version that it does not know, and a line that goes on wrongly behind it. */
const UNKNOWN_VERSION = 'Invalid HTTP version';

/** Nothing of what Node says about it is told. */
function malformed({ code = '', reason }: ParserError): PlatformError {
  const isWellFormed = code !== 'HPE_INVALID_VERSION' || reason === UNKNOWN_VERSION;
  const known = isWellFormed ? MALFORMED[code] : undefined;
  const [name, message] = known ?? ['malformed_request', 'This is no HTTP request that can be read.'];
  return new PlatformError({ code: name, message });
}
