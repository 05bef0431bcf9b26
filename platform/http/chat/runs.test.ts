import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createIdSource } from '../../../ssot/id-manager';
import { noMetrics, silentLogger, systemClock, systemRandom, vouchFor } from '../../../ssot/kernel';
import { serveHttpApi, type HttpApi } from '../../../support/module-tests/http/http-api';
import type { Services } from '../../services';

const ids = createIdSource({ clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics });
const context = vouchFor({
  ...{ tenantId: ids.next('tenant'), userId: ids.next('user'), plan: 'free', permissions: ['chat:use'] },
});
const [dana, gone] = [ids.next('user'), ids.next('user')];
const shared = [dana, gone, dana].map((userId) => ({
  ...{ runId: ids.next('run'), userId, publishedAt: new Date('2026-09-10T09:00:00Z'), report: {} },
}));
const askedFor: (readonly string[])[] = [];
const services = {
  auth: {
    tokens: { check: () => Promise.resolve({ context }) },
    accounts: {
      namesOf: (_: unknown, some: readonly string[]) => {
        askedFor.push(some);
        return Promise.resolve(new Map([[dana, 'Dana']]));
      },
    },
  },
  runs: { listPublished: () => Promise.resolve(shared) },
} as unknown as Services;

describe('shared reports', () => {
  let api: HttpApi;
  before(async () => {
    api = await serveHttpApi({ services: () => services });
  });
  after(() => api[Symbol.asyncDispose]());

  void it('AG-12 each names its author, or that they have left, and each author is looked up once', async () => {
    const answer = await fetch(`${api.url}/v1/reports`, { headers: { authorization: 'Bearer x.y.z' } });
    const { reports } = (await answer.json()) as { reports: { author: string }[] };
    assert.deepEqual(
      reports.map(({ author }) => author),
      ['Dana', 'a former colleague', 'Dana'],
    );
    assert.deepEqual(askedFor, [[dana, gone]]);
  });
});
