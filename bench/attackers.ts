import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Network } from '../world/network';
import { answering } from './lines/asking';

/** Who attacks as a customer of the platform: people of one company, each with a thread. */
export interface Attacker {
  readonly token: string;
  readonly threadId: string;
}
export interface Target {
  readonly url: string;
  readonly attackers: readonly Attacker[];
}
/** What came of the parts of an attack: answers by status and code, or how often each failure. */
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
const QUESTIONS_EACH = 20;

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

/** What each attack sends at once; `network` is where it comes from. */
const CALLS = {
  '60 parallel sign-ins': (_: Target, network: Network) => times(60, () => signIn(network.address())),
  '60 parallel sign-ins from 60 networks': () => times(60, () => signIn(new Network().address())),
  '250 junk renewals': (_: Target, network: Network) => times(250, () => renewal(network.address())),
  'six bodies of 4 MB': ({ attackers }: Target, network: Network) =>
    times(6, (place) => ({
      method: 'POST' as const,
      path: '/v1/usage',
      headers: {
        'x-forwarded-for': network.address(),
        authorization: `Bearer ${place % 2 === 0 ? attackers[0]?.token : 'junk'}`,
      },
      body: ENDLESS_FAULTS,
      chunked: place % 3 === 0,
    })),
  '400 queued questions': ({ attackers }: Target) =>
    attackers.flatMap(({ token, threadId }) =>
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
} as const satisfies Record<string, (target: Target, network: Network) => Call[]>;

export const ATTACKS = [...(Object.keys(CALLS) as (keyof typeof CALLS)[]), 'ten unread pipelines'] as const;
export type Attack = (typeof ATTACKS)[number];

let underWay: { over: boolean; readonly outcomes: Record<string, number>; readonly end: () => void } | null = null;

/** The process of the attackers, so that their work is not done by who measures. */
const attackersProcess = {
  /** Resolves when everything has been sent. */
  start: async ({ attack, target }: { attack: Attack; target: Target }): Promise<void> => {
    if (attack === 'ten unread pipelines') return pipelines(target);
    const outcomes: Record<string, number> = {};
    const enough = new AbortController();
    const wave = { over: false, outcomes, end: () => enough.abort() };
    underWay = wave;
    const sent = CALLS[attack](target, new Network()).map((call) => send(call, target.url, enough.signal, outcomes));
    void Promise.all(sent.map(({ ended }) => ended)).then(() => {
      // Questions that were taken go on after they have been answered for.
      wave.over = attack !== '400 queued questions';
    });
    // The questions must stand in the queue; of everything else it is enough that it is on its way.
    await Promise.all(sent.map(({ ended, written }) => (attack === '400 queued questions' ? ended : written)));
  },
  isOver: (_: null): boolean => underWay?.over ?? true,
  end: (_: null): Outcome => {
    underWay?.end();
    const { outcomes = {} } = underWay ?? {};
    underWay = null;
    return outcomes;
  },
};
export type AttackersAnswers = typeof attackersProcess;
if (process.send !== undefined) answering(attackersProcess);

function send(
  { method, path, headers, body, chunked }: Call,
  url: string,
  signal: AbortSignal,
  outcomes: Record<string, number>,
) {
  const count = (outcome: string): void => void (outcomes[outcome] = (outcomes[outcome] ?? 0) + 1);
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
async function pipelines({ url }: Target): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const asked = `GET /openapi.json HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const all = asked.repeat(Math.floor(PIPELINED_BYTES / asked.length));
  const outcomes: Record<string, number> = {};
  const sockets: Socket[] = times(10, () => connect({ host: hostname, port: Number(port) }));
  underWay = { over: false, outcomes, end: () => sockets.forEach((socket) => socket.destroy()) };
  await Promise.all(
    sockets.map((socket) => {
      socket.pause().on('error', (error: NodeJS.ErrnoException) => {
        const code = error.code ?? error.message;
        outcomes[code] = (outcomes[code] ?? 0) + 1;
      });
      return new Promise<void>((resolve) => socket.once('close', resolve).write(all, () => resolve()));
    }),
  );
}
