import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Network } from '../../world/actors/network';

/** Somebody of the company that floods, with a thread to ask in. */
export interface Flooder {
  readonly token: string;
  readonly threadId: string;
}
export interface Target {
  readonly url: string;
  readonly flooders: readonly Flooder[];
  /** People of a company, and the token of the administrator who has all of them forgotten. */
  readonly leaving: { readonly token: string; readonly userIds: readonly string[] };
}
/** What came of the parts of a flood: answers by status and code, or how often each failure. */
export type Outcome = Readonly<Record<string, number>>;

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent in pieces of unknown length. */
  readonly chunked?: boolean;
}

const LARGEST = 4 * 2 ** 20;
/** As much as the faults of a body can be: each of its events is empty. */
const ENDLESS_FAULTS = `{"events":[${'{},'.repeat(LARGEST / 3)}{}]}`;
const PIPELINED_BYTES = 64 * 1_024;
/** Of each of twenty people, who may have as many waiting. */
const QUESTIONS_EACH = 20;
export const FLOODERS = 20;
export const FORGETTING = '60 people forgotten';
export const LEAVING = 60;

const signIn = (from: string): Call => ({
  method: 'POST',
  path: '/v1/sign-in',
  headers: { 'x-forwarded-for': from },
  body: JSON.stringify({ email: `${Network.name()}@nobody.example`, password: 'a guess that is long', device: 'x' }),
});
/** As much like a renewal as somebody can make it who has seen one. */
const renewal = (from: string): Call => ({
  method: 'POST',
  path: '/v1/sign-in/renew',
  headers: { 'x-forwarded-for': from },
  body: JSON.stringify({ refreshToken: junkRenewal(), device: 'x' }),
});
const secret = (bytes: number): string => randomBytes(bytes).toString('base64url');
const junkRenewal = (): string => `session_${randomBytes(13).toString('hex')}.${secret(32)}.${secret(16)}`;
const times = <T>(count: number, make: (place: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));

/** What each flood sends at once; `network` is where it comes from. */
const CALLS = {
  '60 parallel sign-ins': (_: Target, network: Network) => times(60, () => signIn(network.address())),
  '60 parallel sign-ins from 60 networks': () => times(60, () => signIn(new Network().address())),
  '250 junk renewals': (_: Target, network: Network) => times(250, () => renewal(network.address())),
  'six bodies of 4 MB': ({ flooders }: Target, network: Network) =>
    times(6, (place) => ({
      method: 'POST' as const,
      path: '/v1/usage',
      headers: {
        'x-forwarded-for': network.address(),
        authorization: `Bearer ${place % 2 === 0 ? flooders[0]?.token : 'junk'}`,
      },
      body: ENDLESS_FAULTS,
      chunked: place % 3 === 0,
    })),
  '400 queued questions': ({ flooders }: Target) =>
    flooders.flatMap(({ token, threadId }) =>
      times(QUESTIONS_EACH, (place) => ({
        method: 'POST' as const,
        path: `/v1/threads/${threadId}/messages`,
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({
          clientMessageId: `${Network.name()}-${place}`,
          text: 'How can we cut our AI spending?',
        }),
      })),
    ),
  [FORGETTING]: ({ leaving: { token, userIds } }: Target) =>
    userIds.map((userId) => ({
      method: 'POST' as const,
      path: `/v1/people/${userId}/erasure`,
      headers: { authorization: `Bearer ${token}` },
    })),
} as const satisfies Record<string, (target: Target, network: Network) => Call[]>;

/** What is taken goes on after it was answered. */
const LASTING: readonly Flood[] = ['400 queued questions', FORGETTING];

export const FLOODS = [...(Object.keys(CALLS) as (keyof typeof CALLS)[]), 'ten unread pipelines'] as const;
export type Flood = (typeof FLOODS)[number];

const never = new Promise<never>(() => undefined);

/** A flood that is under way. */
export interface Wave {
  /** Resolves when what was sent has been answered for; never for what was taken to be done, and pipelines: they go on. */
  readonly over: Promise<void>;
  /** Breaks off what is left. */
  end(): Outcome;
}

/** Resolves when everything has been sent; what is taken to be done, when it is recorded. */
export async function flood(kind: Flood, target: Target): Promise<Wave> {
  if (kind === 'ten unread pipelines') return pipelines(target);
  const isLasting = LASTING.includes(kind);
  const outcome: Record<string, number> = {};
  const enough = new AbortController();
  const sent = CALLS[kind](target, new Network()).map((call) => send(call, target.url, enough.signal, outcome));
  const answered = Promise.all(sent.map(({ ended }) => ended)).then(() => undefined);
  await Promise.all(sent.map(({ ended, written }) => (isLasting ? ended : written)));
  return {
    over: isLasting ? never : answered,
    end: () => {
      enough.abort();
      return outcome;
    },
  };
}

function send(
  { method, path, headers, body, chunked }: Call,
  url: string,
  signal: AbortSignal,
  outcome: Record<string, number>,
) {
  const count = (what: string): void => void (outcome[what] = (outcome[what] ?? 0) + 1);
  const length = body === undefined || chunked === true ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const asked = request(new URL(path, url), {
    ...{ method, agent: false, signal },
    headers: { ...headers, 'content-type': 'application/json', ...length },
  });
  const written = new Promise<void>((resolve) => asked.once('finish', resolve).once('close', resolve));
  const ended = new Promise<void>((resolve) => {
    asked.once('close', resolve);
    asked.once('error', (error: NodeJS.ErrnoException) => count(error.code ?? error.message));
    asked.once('response', (answer) => {
      void text(answer).then(
        (content) => count(`${answer.statusCode} ${/"code":"(\w+)"/.exec(content)?.[1] ?? ''}`.trim()),
        () => count('answer cut'),
      );
    });
  });
  asked.end(body);
  return { written, ended };
}

/** Ten connections that ask without end, read nothing and stay. */
async function pipelines({ url }: Target): Promise<Wave> {
  const { hostname, port, host } = new URL(url);
  const asked = `GET /openapi.json HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const all = asked.repeat(Math.floor(PIPELINED_BYTES / asked.length));
  const outcome: Record<string, number> = {};
  const sockets: Socket[] = times(10, () => connect({ host: hostname, port: Number(port) }));
  await Promise.all(
    sockets.map((socket) => {
      socket.pause().on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? error.message;
        outcome[code] = (outcome[code] ?? 0) + 1;
      });
      return new Promise<void>((resolve) => socket.once('close', resolve).write(all, () => resolve()));
    }),
  );
  return {
    over: never,
    end: () => {
      for (const socket of sockets) socket.destroy();
      return outcome;
    },
  };
}
