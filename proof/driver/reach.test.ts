import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { expect } from 'chai';
import type { Check } from '../checks/check';
import { Reach, ReachCache } from './reach';

const root = mkdtempSync(join(tmpdir(), 'proof-reach-'));
const check = (id: string, kind: Check['kind'] = 'test'): Check => ({
  id,
  kind,
  title: id,
  place: { kind: 'test', file: 'a.test.ts', title: id, nth: 0 },
  tags: [],
});
const cacheOf = (text: string): ReachCache => new ReachCache('tiny', [{ path: 'a.ts', text }], root);
const ids = (checks: readonly Check[]): string[] => checks.map(({ id }) => id);

describe('what checks reach', () => {
  after(() => rmSync(root, { recursive: true, force: true }));

  const checks = ['slow', 'quick', 'elsewhere'].map((id) => check(id));
  const reach = new Reach();
  reach.measured.set('slow', { ms: 900, reached: { 'add/0': 3 }, once: [] });
  reach.measured.set('quick', { ms: 1, reached: { 'add/0': 1 }, once: ['open/0'] });
  reach.measured.set('elsewhere', { ms: 5, reached: { 'take/0': 1 }, once: [] });
  reach.whileLoading.add('names/0');

  it('decides who is asked about a mutant, the cheapest first', () => {
    expect(ids(reach.checksReaching('add/0', checks))).to.deep.equal(['quick', 'slow']);
    expect(reach.hits('slow', 'add/0')).to.equal(3);
    expect(ids(reach.checksLoading('open/0', [], checks)), 'what one check opened for good').to.deep.equal(['quick']);
    expect(ids(reach.checksLoading('add/0', [], checks))).to.deep.equal([]);
  });

  it('decides nothing about code that runs while modules load: those near it come first, then all module tests', () => {
    const all = [...checks, check('scenario', 'scenario')];
    expect(ids(reach.checksLoading('names/0', ['take/0'], all))).to.deep.equal(['elsewhere', 'quick', 'slow']);
  });

  it('is remembered of exactly this code, and says of other code who probably reaches which function', () => {
    cacheOf('one').write(reach, (mutant) => mutant.split('/')[0]);
    expect([...cacheOf('one').read().measured.keys()]).to.deep.equal(['slow', 'quick', 'elsewhere']);
    const changed = cacheOf('two');
    expect(changed.read().measured.size).to.equal(0);
    expect(ids(changed.probable([...checks, check('new')], new Set(['take'])))).to.deep.equal(['elsewhere', 'new']);
    expect(ids(new ReachCache('unknown', [], root).probable(checks, new Set(['take'])))).to.deep.equal(ids(checks));
  });
});
