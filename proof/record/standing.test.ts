import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { applied, readCatalogue } from '../defects/catalogue';
import { fingerprintOf } from '../defects/fingerprint';
import { emptyRecord } from './record';
import { writeRecord } from './record-file';
import { standingRecords } from './standing';

const CODE = 'export const add = (a: number, b: number) => a + b;\n';
const CATALOGUE = `- id: takes-away
  sentence: Adding takes away.
  customer-sees: A bill is too low.
  edits: [{ file: ssot/tiny/add.ts, find: a + b, replace: a - b }]
`;

const root = mkdtempSync(join(tmpdir(), 'standing-test-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** What stands of a record in which the one defect of the catalogue was tried, or was not, when the code has become this. */
function standing({ isTried, code }: { readonly isTried: boolean; readonly code: string }): readonly string[] {
  write('ssot/tiny/add.ts', CODE);
  write('proof/defects/tiny.yaml', CATALOGUE);
  const record = emptyRecord('tiny', 'Stryker 9');
  for (const defect of isTried ? readCatalogue('tiny', root) : []) {
    const fingerprint = fingerprintOf(
      applied(defect, () => CODE),
      () => CODE,
    );
    record.defects.set(defect.id, { id: defect.id, fingerprint, noticedBy: ['one'] });
  }
  writeRecord(record, root);
  write('ssot/tiny/add.ts', code);
  return [...(standingRecords(root)[0]?.defects.keys() ?? [])];
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

describe('what still stands of the realistic defects of a record', () => {
  it('is one that was tried in this code', () => {
    expect(standing({ isTried: true, code: CODE })).to.deep.equal(['tiny/takes-away']);
  });

  for (const [what, isTried, code] of [
    ['that was never tried', false, CODE],
    ['that was tried and does not fit the code any more', true, CODE.replace('a + b', 'b + a')],
    ['that neither was tried nor fits the code', false, CODE.replace('a + b', 'b + a')],
    ['whose code has become another', true, CODE.replace('a + b', '1 + a + b')],
  ] as const) {
    it(`is none ${what}`, () => {
      expect(standing({ isTried, code })).to.deep.equal([]);
    });
  }
});
