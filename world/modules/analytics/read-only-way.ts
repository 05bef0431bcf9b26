import { once } from 'node:events';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The way to ClickHouse of a login that may read and nothing else: the server itself refuses what would change something. */
export class ReadOnlyWay implements AsyncDisposable {
  isReadOnly = false;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', this.target);
      if (this.isReadOnly) url.searchParams.set('readonly', '1');
      const onward = ask(url, { method: request.method, headers: request.headers, auth: this.#login }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.once('error', () => response.destroy());
      request.pipe(onward);
    });
  }

  static async open(url: string): Promise<ReadOnlyWay> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ReadOnlyWay(server, new URL(url));
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  get #login(): string {
    return `${decodeURIComponent(this.target.username)}:${decodeURIComponent(this.target.password)}`;
  }
}
