import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock } from '../../ssot/kernel';
import { demandedSecrets, missingLines } from './secrets';

const text = readFileSync('compose.yaml', 'utf8');
const service = z.object({
  image: z.string().optional(),
  user: z.string().optional(),
  ports: z.array(z.string()).default([]),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  environment: z.record(z.string(), z.string()),
});
const compose = z
  .object({ services: z.record(z.string(), service) })
  .parse(parse(text, { merge: true }) as unknown).services;
const dockerfile = readFileSync('Dockerfile', 'utf8');
const workflow = readFileSync('.github/workflows/specs.yml', 'utf8');

for (const [name, parts] of Object.entries(compose)) {
  void test(`CF-04 compose gives ${name} the least rights it can do with`, () => {
    const { read_only, cap_drop, cap_add, security_opt, privileged, user } = parts;
    assert.deepEqual(
      { read_only, cap_drop, cap_add, security_opt, privileged },
      {
        ...{ read_only: true, cap_drop: ['ALL'], cap_add: [] },
        security_opt: ['no-new-privileges:true'],
        privileged: false,
      },
    );
    if (name === 'platform') assert.match(dockerfile, /^USER node$/m);
    else assert.match(user ?? 'root', /^(?!root|0)/);
  });
}

void test('CF-04 nothing but the platform is published, and that to the own machine only', () => {
  const published = Object.entries(compose).flatMap(([name, { ports }]) => ports.map((port) => `${name} ${port}`));
  assert.deepEqual(published, ['platform 127.0.0.1:8080:8080']);
});

void test('CF-04 every image has an exact version', () => {
  const images = [
    ...Object.values(compose).flatMap(({ image }) => image ?? []),
    ...[...dockerfile.matchAll(/^FROM (\S+)/gm)].map((found) => found[1] as string),
  ];
  assert.equal(images.length, 6);
  for (const image of images) assert.match(image, /:\d+\.\d+(\.\d+)*(-[a-z]+)?$/);
  const manifest = z.object({ devDependencies: z.object({ node: z.string() }) });
  const { devDependencies } = manifest.parse(JSON.parse(readFileSync('package.json', 'utf8')));
  assert(dockerfile.includes(`FROM node:${devDependencies.node}-slim`));
});

void test('CF-04 the secrets that are made for compose are safe: none is written there, none is weak or used twice', async () => {
  const made = new Map(missingLines(demandedSecrets(text), '').map((line) => line.split(/=(.*)/s) as [string, string]));
  const filled = Object.entries(compose['platform']?.environment ?? {}).map(([name, value]) => {
    return [name, value.replace(/\$\{(\w+):([?-])[^}]*\}/g, (_, secret: string) => made.get(secret) ?? '')] as const;
  });
  const { warnings } = await loadBase({ variables: Object.fromEntries(filled), clock: systemClock, log: silentLogger });
  // Within compose's own network there is no TLS, which is why it is no production.
  assert.deepEqual([...new Set(warnings.map(({ problem }) => problem))], ['leads over the network in plain text']);
  assert.equal(new Set(made.values()).size, made.size);
});

void test('CF-04 each password in compose is one login’s', () => {
  const logins = Object.entries(compose).flatMap(([name, { environment }]) =>
    Object.entries(environment).flatMap(([variable, value]) =>
      name === 'platform' || !/PASSWORD|AUTH/.test(variable) ? [] : [`${value.slice(2).split(':')[0]}`],
    ),
  );
  assert.equal(new Set(logins).size, logins.length);
  assert.equal(logins.length, 6);
});

void test('CF-04 what stands in the environment file stays', () => {
  assert.deepEqual(missingLines(['APP_PASSWORD', 'MASTER_KEY'], 'MASTER_KEY=mine\nAPP_PASSWORD=too\n'), []);
  assert.match(missingLines(['APP_PASSWORD', 'MASTER_KEY'], 'MASTER_KEY=mine')[0] ?? '', /^APP_PASSWORD=[0-9a-f]{64}$/);
});

void test('CF-04 the workflow may read the repository and nothing else, and runs what was pinned', () => {
  const { permissions, jobs } = z
    .object({
      permissions: z.record(z.string(), z.string()).optional(),
      jobs: z.record(
        z.string(),
        z.object({
          'timeout-minutes': z.number().max(30),
          permissions: z.undefined().optional(),
          steps: z.array(z.object({ uses: z.string().optional(), with: z.record(z.string(), z.unknown()).optional() })),
        }),
      ),
    })
    .parse(parse(workflow) as unknown);
  assert.deepEqual(permissions, { contents: 'read' });
  const used = Object.values(jobs).flatMap(({ steps }) => steps.filter(({ uses }) => uses !== undefined));
  for (const { uses, with: options } of used) {
    assert.match(uses ?? '', /^actions\/[a-z-]+@[0-9a-f]{40}$/);
    if (uses?.startsWith('actions/checkout') === true) assert.equal(options?.['persist-credentials'], false);
  }
  assert(used.length > 0);
});
