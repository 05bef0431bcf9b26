import assert from 'node:assert/strict';
import { it } from 'node:test';
import { serveHttpApi } from '../../../support/module-tests/http/http-api';

it('WS-14 constant documents name themselves, and are not sent again to whoever has them', async () => {
  await using api = await serveHttpApi();
  for (const path of ['/openapi.json', '/asyncapi.json', '/', '/page/app.mjs']) {
    const first = await fetch(`${api.url}${path}`);
    const etag = first.headers.get('etag') ?? '';
    assert.deepEqual([first.status, first.headers.get('cache-control')], [200, 'no-cache'], path);
    const body = await first.text();
    assert(body.length > 100, path);
    for (const [known, status, length] of [
      [etag, 304, 0],
      [`"another", W/${etag}`, 304, 0],
      ['"another"', 200, body.length],
    ] as const) {
      const again = await fetch(`${api.url}${path}`, { headers: { 'if-none-match': known } });
      assert.deepEqual([again.status, (await again.text()).length], [status, length], `${path} ${known}`);
      assert.equal(again.headers.get('etag'), etag);
    }
  }
});
