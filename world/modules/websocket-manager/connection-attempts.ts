import { WebSocket } from 'ws';
import type { Evidence } from '../../evidence';
import { Network } from '../../actors/network';
import { PATIENCE_MS } from '../../patience';

/** How somebody asks for a live connection. */
export interface Handshake {
  readonly token?: string;
  readonly query?: string;
  readonly origin?: string;
  readonly from?: string;
}

/** `admitted`, or the code, the wait and the close code of the refusal. */
export interface Answer {
  readonly outcome: string;
  readonly message?: string;
  readonly retryAfterMs?: number;
  readonly closedWith?: number;
}

interface First {
  readonly type: string;
  readonly data: { readonly code: string; readonly message: string; readonly retryAfterMs?: number };
}

/** Somebody who asks for live connections, one after the other, and what each attempt was answered. */
export class ConnectionAttempts implements Disposable {
  readonly network = new Network();
  readonly answers: Answer[] = [];
  readonly #sockets: WebSocket[] = [];

  constructor(private readonly evidence: Evidence) {}

  get last(): Answer {
    const last = this.answers.at(-1);
    if (last === undefined) throw new Error('nobody has asked for a connection yet');
    return last;
  }

  /** How often each outcome was answered. */
  get tally(): Readonly<Record<string, number>> {
    const counted: Record<string, number> = {};
    for (const { outcome } of this.answers) counted[outcome] = (counted[outcome] ?? 0) + 1;
    return counted;
  }

  async connect(baseUrl: string, handshake: Handshake = {}): Promise<Answer> {
    const { token, query = '', origin, from = this.network.address() } = handshake;
    const protocols = ['chat.v1', ...(token === undefined ? [] : [`bearer.${token}`])];
    const headers = { 'x-forwarded-for': from };
    const url = `${baseUrl.replace(/^http/, 'ws')}/v1/chat${query}`;
    const socket = new WebSocket(url, protocols, { headers, ...(origin !== undefined && { origin }) });
    this.#sockets.push(socket);
    const answer = await answerOn(socket);
    this.answers.push(answer);
    this.evidence.note('socket', 'somebody', answer.outcome, answer);
    return answer;
  }

  /** So many that are open leave, saying so. */
  leave(count: number): Promise<unknown> {
    return this.#end(count, (socket) => socket.close(1000));
  }

  /** So many that are open are torn off without a word. */
  tearOff(count: number): Promise<unknown> {
    return this.#end(count, (socket) => socket.terminate());
  }

  #end(count: number, end: (socket: WebSocket) => void): Promise<unknown> {
    const open = this.#sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).slice(0, count);
    return Promise.all(
      open.map((socket) => {
        const closed = new Promise((resolve) => socket.once('close', resolve));
        end(socket);
        return closed;
      }),
    );
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.terminate();
  }
}

/** What the first message and a close say. */
async function answerOn(socket: WebSocket): Promise<Answer> {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  return new Promise((resolve, reject) => {
    limit.addEventListener('abort', () => reject(new Error('nothing was answered')), { once: true });
    socket.once('error', reject);
    socket.once('message', (data: Buffer) => {
      const { type, data: said } = JSON.parse(data.toString('utf8')) as First;
      if (type === 'welcome') return resolve({ outcome: 'admitted' });
      const { code, message, retryAfterMs } = said;
      socket.once('close', (closedWith) =>
        resolve({ outcome: code, message, closedWith, ...(retryAfterMs !== undefined && { retryAfterMs }) }),
      );
    });
  });
}
