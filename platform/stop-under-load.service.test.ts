import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherCompany, signIn } from '../bench/people/crowd';
import { loadBase } from '../ssot/configuration-manager';
import { silentLogger, systemClock, systemRandom } from '../ssot/kernel';
import { Evidence } from '../world/evidence';
import { HttpClient, type Problem } from '../world/clients/http-client';
import { addressOf, platformVariables } from '../world/settings';
import { startPlatform, type Platform } from '.';

const CALLERS = 50;
const EACH = 10;
/** Enough that many more are under way, and as many are still to come. */
const STOPPED_AFTER = 100;
const PAGE = 100;
const SIGTERM = { by: 'signal', detail: 'SIGTERM' } as const;
/** Told to go elsewhere, or refused before anything was sent, because nobody listens any more. */
const TURNED_AWAY = ['restarting', 'ECONNREFUSED'];
const ENDS = ['stored', 'outcome_unknown', ...TURNED_AWAY];

async function instance(): Promise<Platform> {
  const base = await loadBase({ variables: platformVariables(), clock: systemClock, log: silentLogger });
  return startPlatform(base, { clock: systemClock, time: 'server', random: systemRandom, log: silentLogger });
}

async function titlesAt(http: HttpClient): Promise<readonly string[]> {
  const titles: string[] = [];
  for (let before = ''; ;) {
    const path = `/v1/threads?limit=${PAGE}${before}`;
    const { threads } = await http.require<{ threads: { threadId: string; title: string }[] }>('get', path);
    titles.push(...threads.map(({ title }) => title));
    if (threads.length < PAGE) return titles;
    before = `&before=${threads.at(-1)?.threadId}`;
  }
}

void test('LC-04 of 500 requests that race a stop each is stored and said so, or refused and not there; whoever is refused goes elsewhere', async () => {
  const [stopping, other] = [await instance(), await instance()];
  try {
    const [dana] = await gatherCompany(1, stopping, addressOf('SPEC_OPERATOR_KEY'), { withUsage: false });
    assert(dana !== undefined);
    await signIn(dana, stopping.url);
    const told = new Map<string, string>();
    const enough = Promise.withResolvers<void>();
    const call = async (caller: number): Promise<void> => {
      let at = stopping.url;
      for (let turn = 0; turn < EACH; turn++) {
        const http = new HttpClient(at, dana.email, new Evidence(), dana.accessToken);
        const title = `${caller} asks ${turn}`;
        const end = await http.send<Partial<Problem>>('post', '/v1/threads', { title }).then(
          ({ status, body }) => (status === 201 ? 'stored' : (body.code ?? String(status))),
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        );
        told.set(title, end);
        if (TURNED_AWAY.includes(end)) at = other.url;
        if (told.size === STOPPED_AFTER) enough.resolve();
      }
    };
    const calls = Promise.all(Array.from({ length: CALLERS }, (_, caller) => call(caller)));
    await enough.promise;
    const report = await stopping.lifecycle.stop(SIGTERM);
    await calls;
    assert.equal(told.size, CALLERS * EACH);
    const of = (...ends: readonly string[]): string[] =>
      [...told].flatMap(([title, end]) => (ends.includes(end) ? [title] : []));
    const lost = [...told].filter(([, end]) => !ENDS.includes(end));
    assert.deepEqual(lost, []);
    assert(
      of('stored').length > STOPPED_AFTER && of('restarting').length > 0,
      JSON.stringify([...new Set(told.values())]),
    );
    const stored = await titlesAt(new HttpClient(other.url, dana.email, new Evidence(), dana.accessToken));
    assert.equal(new Set(stored).size, stored.length, 'none is there twice');
    assert.deepEqual(
      of('stored').filter((title) => !stored.includes(title)),
      [],
    );
    assert.deepEqual(
      of(...TURNED_AWAY).filter((title) => stored.includes(title)),
      [],
    );
    assert.deepEqual([report.outcome, report.drained.lost], ['clean', []]);
  } finally {
    await stopping.stop();
    await other.stop();
  }
});
