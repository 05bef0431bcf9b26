import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyRecord } from '../../../proof/record/record';
import type { StandingRecord } from '../../../proof/record/standing';
import type { RunModel } from '../../model/run-model';
import { modulesPage } from './modules-page';
import { Permalinks } from '../permalinks';

const HOSTILE = '<script>alert(1)</script>';

const NOTHING: RunModel = {
  startedAt: '2026-11-25T16:00:00Z',
  finishedAt: '2026-11-25T16:00:09Z',
  wallMs: 0,
  workerMs: 0,
  success: true,
  whole: true,
  partialBecause: [],
  featuresNotRun: [],
  failures: [],
  moduleTests: null,
  commit: null,
  tools: [],
  features: [],
};

/** Four mutants, of which three were noticed, one scenario and one module test, and two realistic defects. */
function standing(changed: number): StandingRecord {
  const record = emptyRecord('auth', 'Stryker 9');
  record.checks.set('s', { id: 's', kind: 'scenario', title: 'AU-01 / Dana signs in' });
  record.checks.set('t', { id: 't', kind: 'test', title: 'AU-01 reads' });
  const unit = {
    hash: 'u',
    name: `Auth.check${HOSTILE}`,
    mutants: 4,
    noticed: new Map([0, 1, 2].map((rank) => [rank, new Set(['s'])])),
    survivors: new Map([[3, { mutator: 'BooleanLiteral', was: 'true', became: 'false', reached: false }]]),
    ignored: new Set<number>(),
  };
  record.units.set('u', unit);
  record.defects.set('auth/a', { id: 'auth/a', fingerprint: '', noticedBy: ['s'] });
  record.defects.set('auth/b', { id: 'auth/b', fingerprint: '', noticedBy: [] });
  record.defects.set('auth/stale', { id: 'auth/stale', fingerprint: '', noticedBy: ['s'] });
  const catalogue = ['a', 'b'].map((id) => ({
    id: `auth/${id}`,
    module: 'auth',
    sentence: `Misunderstood ${id}.`,
    customerSees: `Harm ${id}.`,
    edits: [],
  }));
  return { record, units: [unit], changed, defects: new Map(catalogue.map((defect) => [defect.id, defect])) };
}

/** The text of the module's entry, without tags. */
function textOf(proof?: StandingRecord): string {
  const proofs = new Map(proof === undefined ? [] : [['auth', proof]]);
  const { markup } = modulesPage(NOTHING, proofs, new Permalinks(NOTHING)).body;
  const entry = /<section class="module" id="auth">[\s\S]*?<\/section>/.exec(markup)?.[0] ?? '';
  assert.doesNotMatch(entry, /<script/);
  return entry.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

test('a module shows the mutants and the realistic defects that were noticed, and those that were not', () => {
  const text = textOf(standing(0));
  assert.match(
    text,
    /Module tests 1 Defects noticed 3 Not noticed 1 Share noticed 75 % Realistic defects noticed 1 of 2/,
  );
  assert.match(text, /1 realistic defect that no check noticed Misunderstood b\. Harm b\./);
  assert.match(text, /1 defect that no check noticed .* BooleanLiteral: true became false \(no check runs this code\)/);
  assert.doesNotMatch(text, /changed since/);
});

test('of many that nothing noticed the first are shown, and how many more there are', () => {
  const { units, ...rest } = standing(0);
  const survivor = { mutator: 'BooleanLiteral', was: 'true', became: 'false', reached: true };
  const survivors = new Map(Array.from({ length: 22 }, (_, rank) => [rank, survivor]));
  const many = { ...rest, units: units.map((unit) => ({ ...unit, survivors })) };
  assert.match(textOf(many), /2 more in the proof record of the module/);
});

test('a module says how much of it has changed since it was proven, and when it has never been', () => {
  assert.match(textOf(standing(2)), /2 parts of the code changed since they were proven, which counts no more/);
  assert.match(textOf(), /Proof not proven yet/);
});
