import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { administrator, change, start } from '../../support/module-tests/company-settings';
import { StateTest } from '../../support/module-tests/state/state-test';
import { eventually } from '../../world/eventually';
import type { LanguageModels } from '../../ssot/agent-registry';
import { listPrices, priceAt } from '../../ssot/analytics';
import type { TenantContext } from '../../ssot/kernel';
import { modelsFrom, pricesFrom, reloadBusOver } from './settings';

/** A server of a language model, which is a third party: says who asked it last. */
async function modelServer(): Promise<AsyncDisposable & { readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers.authorization));
    response.end(JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'said' } }] }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function phrase(models: LanguageModels, ctx: TenantContext): Promise<void> {
  const model = await models.for(ctx);
  const report = { text: 'Spend: 5 USD' } as Parameters<NonNullable<typeof model>['phrase']>[0];
  await model?.phrase(report, AbortSignal.timeout(5_000));
}

describe('what the settings of a company decide', () => {
  it('AG-04 each company asks the model under its own key, also under a name that another one has chosen', async () => {
    await using server = await modelServer();
    await using instance = await start();
    const models = modelsFrom(instance.configuration, server.url);
    const [acme, birch, neither, nobody] = [administrator(), administrator(), administrator(), administrator()];
    for (const [ctx, key] of [
      [acme, 'sk-of-acme'],
      [birch, 'sk-of-birch'],
    ] as const)
      await instance.configuration.change(ctx, change({ 'model.name': 'same-name', 'model.key': key }));
    for (const ctx of [acme, birch, acme, neither]) await phrase(models, ctx);
    const keys = ['sk-of-acme', 'sk-of-birch', 'sk-of-acme', 'platform-key'];
    assert.deepEqual(
      server.asked,
      keys.map((key) => `Bearer ${key}`),
    );
    // What is known of its failures is known to all who ask under the platform's key.
    assert.equal(await models.for(neither), await models.for(nobody));
    await instance.configuration.change(nobody, change({ 'model.wording': false }));
    assert.equal(await models.for(nobody), undefined);
  });

  it('CH-05 a price that a company has negotiated holds from its day on, and the list price before', async () => {
    await using instance = await start();
    const [acme, birch] = [administrator(), administrator()];
    const negotiated = {
      ...{ provider: 'openai', model: 'gpt-4o', from: '2026-03-01T00:00:00Z', currency: 'USD' },
      perMillion: { input: '1.00', cachedInput: '0.50', output: '4.00' },
    };
    await instance.configuration.change(acme, change({ 'analytics.negotiatedPrices': [negotiated] }));
    const prices = pricesFrom(() => instance.configuration);
    const inputOf = async (ctx: TenantContext, day: string): Promise<string | undefined> =>
      priceAt(await prices.for(ctx), 'openai', 'gpt-4o', Date.parse(day))?.perMillion.input;
    const listed = priceAt(listPrices, 'openai', 'gpt-4o', Date.parse('2026-02-28'))?.perMillion.input;
    assert.equal(await inputOf(acme, '2026-02-28'), listed);
    assert.equal(await inputOf(acme, '2026-03-01'), '1.00');
    assert.equal(await inputOf(birch, '2026-03-01'), listed);
    // What would have been cheaper is looked for as with the list price.
    const smaller = priceAt(await prices.for(acme), 'openai', 'gpt-4o', Date.parse('2026-03-01'))?.smaller;
    assert.equal(smaller, 'gpt-4o-mini');
  });

  it('CF-08 a word between instances names the company, and one that is not understood may be about anybody', async () => {
    await using state = new StateTest();
    const [here, there] = [await state.instance(), await state.instance()];
    const heard: unknown[] = [];
    const { tenantId } = state.who('Dana');
    await using _hears = await reloadBusOver(there).subscribe(
      (whose) => heard.push(whose),
      () => heard.push('anybody'),
    );
    await reloadBusOver(here).publish(tenantId, 1);
    await here.hint({ platform: 'settings' }, { of: 'a newer version' });
    await reloadBusOver(here).publish(tenantId, 2);
    await eventually(() => assert.deepEqual(heard, [tenantId, 'anybody', tenantId]));
  });
});
