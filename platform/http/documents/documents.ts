import { createHash } from 'node:crypto';
import type { App } from '../server/app';

interface Constant {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Asked once, when every route is known. */
  readonly content: () => Buffer;
}

/** Serves what does not change while an instance runs: made and hashed once, however often it is asked for. */
export function serveConstant(app: App, { path, headers, content }: Constant): void {
  let bytes: Buffer;
  let etag: string;
  app.addHook('onReady', (done) => {
    bytes = content();
    etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    done();
  });
  app.get(path, { config: { access: 'public' }, schema: { hide: true } }, (request, reply) => {
    // Asked for anew each time, so that whoever reads it sees the release that answers.
    void reply.headers({ ...headers, 'cache-control': 'no-cache', etag });
    const known = request.headers['if-none-match']?.split(',').map((name) => name.trim().replace(/^W\//, '')) ?? [];
    return known.includes(etag) ? reply.code(304).send() : reply.send(bytes);
  });
}

export function serveDocument(app: App, path: string, content: () => object): void {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  serveConstant(app, { path, headers, content: () => Buffer.from(JSON.stringify(content())) });
}
