import { connect } from 'node:net';

const PATIENCE_MS = 700;

/** Openings that each kind of server answers in a way of its own, in an order in which none confuses the next. */
const OPENINGS: readonly { readonly kind: string; readonly say: Buffer; readonly answer: RegExp }[] = [
  // SSLRequest: PostgreSQL answers with one letter, before any login.
  { kind: 'PostgreSQL', say: Buffer.from('0000000804d2162f', 'hex'), answer: /^[SN]$/ },
  { kind: 'Redis', say: Buffer.from('PING\r\n'), answer: /^(\+PONG|-NOAUTH|-DENIED|-ERR)/ },
  { kind: 'an HTTP server', say: Buffer.from('GET /ping HTTP/1.0\r\n\r\n'), answer: /^HTTP\// },
];

/** Which kind of server listens there; null when it is none of those that we know. Rejects when nobody listens. */
export async function kindOfServer(host: string, port: number): Promise<string | null> {
  for (const { kind, say, answer } of OPENINGS) {
    if (answer.test(await firstAnswer(host, port, say))) return kind;
  }
  return null;
}

function firstAnswer(host: string, port: number, say: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    let isConnected = false;
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy();
      if (isConnected) resolve('');
      else reject(new Error('nobody answered'));
    });
    socket.once('connect', () => {
      isConnected = true;
      socket.write(say);
    });
    socket.once('data', (bytes) => {
      resolve(bytes.toString('latin1'));
      socket.destroy();
    });
    socket.once('error', (error) => (isConnected ? resolve('') : reject(error)));
    socket.once('close', () => resolve(''));
  });
}
