import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import { MetricsRegistry } from '../../metrics-registry';
import { buildOperationsApi } from '../operations-api';

const HSTS = 'strict-transport-security';

async function headersOf({ url }: HttpApi, path: string, method = 'GET'): Promise<Headers> {
  return (await fetch(`${url}${path}`, { method })).headers;
}

describe('headers of answers', () => {
  const everywhere = ['/', '/page/app.mjs', '/openapi.json', '/health/live', '/v1/me', '/v1/elsewhere', '/%zz'];

  it('LC-12 every answer says that its type is not to be guessed, and stands in no frame of another page', async () => {
    await using api = await serveHttpApi();
    for (const path of everywhere) {
      const headers = await headersOf(api, path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff', path);
      assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/, path);
      assert.equal(headers.get('referrer-policy'), 'no-referrer', path);
    }
  });

  it('LC-12 no cache keeps a private answer, and what everybody gets is asked for anew', async () => {
    await using api = await serveHttpApi();
    const kept = async (path: string): Promise<unknown> => (await headersOf(api, path)).get('cache-control');
    for (const path of ['/v1/me', '/v1/threads', '/health/ready', '/v1/elsewhere']) {
      assert.equal(await kept(path), 'no-store', path);
    }
    assert.equal((await headersOf(api, '/v1/sign-in', 'POST')).get('cache-control'), 'no-store');
    for (const path of ['/', '/page/app.mjs', '/openapi.json']) assert.equal(await kept(path), 'no-cache', path);
  });

  it('LC-12 the port of the operators sends the same', async () => {
    await using api = await serveHttpApi({}, (parts) => buildOperationsApi(parts, new MetricsRegistry()));
    for (const path of ['/metrics', '/v1/operations/instance', '/health/live']) {
      const headers = await headersOf(api, path);
      assert.deepEqual([headers.get('cache-control'), headers.get('x-content-type-options')], ['no-store', 'nosniff']);
    }
  });

  it('LC-12 browsers are told to keep to TLS only where the setting says so', async () => {
    await using plain = await serveHttpApi();
    await using strict = await serveHttpApi({ hstsMaxAgeSeconds: 31_536_000 });
    for (const path of everywhere) {
      assert.equal((await headersOf(plain, path)).get(HSTS), null, path);
      assert.equal((await headersOf(strict, path)).get(HSTS), 'max-age=31536000', path);
    }
  });
});
