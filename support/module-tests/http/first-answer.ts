import { WebSocket } from 'ws';

/** The code of the first thing that a device which shows no token is told at this address. */
export function firstAnswer(url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/chat`, 'chat.v1', { headers });
    socket.once('error', reject).once('message', (data: Buffer) => {
      resolve((JSON.parse(data.toString()) as { data: { code: string } }).data.code);
      socket.terminate();
    });
  });
}
