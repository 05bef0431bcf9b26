import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { stores } from '../../../support/module-tests/stores';
import { callOf, newReporter, openUsage } from '../../../world/modules/analytics/analytics-under-test';
import { OwnHistory } from '../../../world/modules/analytics/own-history';
import { noMetrics, silentLogger, systemClock, systemRandom } from '../../kernel';
import { plans } from '../../configuration-manager';
import { openAnalytics } from '..';

const machine = { clock: systemClock, random: systemRandom, log: silentLogger, metrics: noMetrics, plans };

interface Heard {
  readonly statement: string;
  readonly settings: URLSearchParams;
}

/** All that is said to a cluster in which nothing is there yet; one with Keeper cannot be had from npm. */
async function saidTo(cluster: string, record: boolean): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const settings = new URL(request.url ?? '', 'http://x').searchParams;
    void text(request).then((body) => {
      heard.push({ statement: settings.get('query') ?? body, settings });
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/history`;
  const opened = openAnalytics({ url, cluster }, machine);
  // What was made is looked at in the end, and nothing is there.
  await assert.rejects(opened, { code: 'analytics_schema_mismatch' });
  server.close();
  return record ? heard : heard.filter(({ statement }) => /^create|^insert/i.test(statement));
}

describe('a history on several servers', () => {
  void it('CH-10 every table is made on all servers of the cluster, as copies of each other, in statements that the engine reads', async () => {
    const made = (await saidTo('acme-history', false)).filter(({ statement }) => /^create/i.test(statement));
    const names = made.map(({ statement }) => /if not exists (\w+)/.exec(statement)?.[1]);
    const figures = ['schema_step', 'usage', 'usage_names', 'usage_names_of', 'usage_of'];
    assert.deepEqual(names, [...figures, 'archive', 'erasure']);
    for (const { statement } of made) {
      assert.match(statement, /if not exists \w+ on cluster `acme-history`/);
      if (statement.startsWith('create table')) assert.match(statement, /engine = Replicated\w*MergeTree/);
      const [read] = await (
        await stores.history().query({
          query: 'select formatQuery({statement:String}) as text',
          query_params: { statement },
          format: 'JSONEachRow',
        })
      ).json<{ text: string }>();
      assert.match(read?.text ?? '', /ON CLUSTER `acme-history`/);
    }
  });

  void it('CH-10 without a cluster nothing is said of one', async () => {
    for (const { statement } of await saidTo('', true)) assert.doesNotMatch(statement, /cluster|Replicated/);
  });

  void it('CH-10 a row is acknowledged when most of the copies have it', async () => {
    const inserted = (cluster: string): Promise<readonly (string | null)[]> =>
      saidTo(cluster, true).then((all) =>
        all
          .filter(({ statement }) => /^insert into schema_step/i.test(statement))
          .map(({ settings }) => settings.get('insert_quorum')),
      );
    assert.deepEqual(new Set(await inserted('acme')), new Set(['auto']));
    assert.deepEqual(new Set(await inserted('')), new Set([null]));
  });

  void it('CH-10 a history that was made for one server is not taken for one of several', async () => {
    await using history = await OwnHistory.open(stores);
    await using usage = await openUsage({}, history.url);
    await usage.record(newReporter(stores), [callOf('one')]);
    await assert.rejects(openAnalytics({ url: history.url, cluster: 'acme' }, machine), {
      code: 'analytics_schema_mismatch',
      field: 'archive',
    });
  });
});
