import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PortInUse, serveSite } from './serve';

const folder = mkdtempSync(join(tmpdir(), 'site-'));
const site = join(folder, 'site');
mkdirSync(join(site, 'features'), { recursive: true });
writeFileSync(join(folder, 'secret.txt'), 'outside');
writeFileSync(join(site, 'index.html'), '<p>front</p>');
writeFileSync(join(site, 'features', 'a.html'), '<p>a</p>');
writeFileSync(join(site, 'style.css'), 'p{}');
after(() => rmSync(folder, { recursive: true }));

/** Sends the path as it stands; `fetch` would tidy it up first. */
const get = (
  url: string,
  path: string,
): Promise<{ status: number | undefined; type: string | undefined; body: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path }, (response) => {
      let body = '';
      response.on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    })
      .on('error', reject)
      .end();
  });

test('the site is served with its types, and nothing outside of it is', async () => {
  const server = await serveSite(() => site, 0);
  try {
    assert.deepEqual(await get(server.url, '/?find=x'), {
      status: 200,
      type: 'text/html; charset=utf-8',
      body: '<p>front</p>',
    });
    assert.equal((await get(server.url, '/features/a.html')).status, 200);
    assert.equal((await get(server.url, '/style.css')).type, 'text/css; charset=utf-8');
    for (const path of [
      '/../secret.txt',
      '/%2e%2e/secret.txt',
      '/features/..%2f..%2fsecret.txt',
      '/..\\secret.txt',
      '/%00',
      '/%',
      '/features',
      '/nowhere.html',
    ])
      assert.equal((await get(server.url, path)).status, 404, path);
  } finally {
    await server.close();
  }
});

test('a port in use is named, with the way out', async () => {
  const server = await serveSite(() => site, 0);
  const port = Number(new URL(server.url).port);
  try {
    await assert.rejects(
      serveSite(() => site, port),
      (error) =>
        error instanceof PortInUse && error.message.includes(`Port ${port}`) && error.message.includes('--port 0'),
    );
  } finally {
    await server.close();
  }
});

test('until there is a site, its reader is told to wait', async () => {
  const later = join(folder, 'later');
  let chosen: string | undefined;
  const server = await serveSite(() => chosen, 0);
  try {
    assert.equal((await get(server.url, '/')).status, 503);
    chosen = later;
    const { status, body } = await get(server.url, '/');
    assert.equal(status, 503);
    assert.match(body, /The suite is running/);
    mkdirSync(later);
    writeFileSync(join(later, 'index.html'), '<p>front</p>');
    assert.equal((await get(server.url, '/')).status, 200);
  } finally {
    await server.close();
  }
});
