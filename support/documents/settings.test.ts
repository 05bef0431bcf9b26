import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { format } from 'oxfmt';
import { settingsDocument } from '../../platform/configuration/command';
import { ConfigurationRefused, loadBase } from '../../ssot/configuration-manager';
import { silentLogger, systemClock } from '../../ssot/kernel';
import { codeIn, tableBelow } from './markdown';

const FILE = 'docs/settings.md';
const rows = tableBelow('## All of them', FILE)
  .map(([variable, , , , otherwise]) => ({ variable: codeIn(variable)[0] ?? '', isRequired: otherwise === 'required' }))
  .filter(({ variable }) => variable !== '');

/** Which variables the configuration reads, and which of them it cannot do without: asked by giving it none. */
async function configured(): Promise<{ read: readonly string[]; required: readonly string[] }> {
  const read = new Set<string>();
  const none = new Proxy<Record<string, undefined>>({}, { get: (_, name) => void read.add(String(name)) });
  const required = await loadBase({ variables: none, clock: systemClock, log: silentLogger }).then(
    () => assert.fail('an empty environment was taken'),
    (refusal: unknown) => {
      assert(refusal instanceof ConfigurationRefused);
      return refusal.problems.map(({ variable }) => variable);
    },
  );
  return { read: [...read], required };
}

/** Read beside the configuration, before there is one: `process.env['LOG_LEVEL']`. */
function readDirectly(): readonly string[] {
  return globSync('{ssot,platform}/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/process\.env(?:\.|\[')([A-Z][A-Z0-9_]*)/g)].map((found) =>
      String(found[1]),
    ),
  );
}

void test(`every variable that an instance reads stands in ${FILE}, and no other`, async () => {
  const { read } = await configured();
  assert.deepEqual(rows.map(({ variable }) => variable).sort(), [...new Set(read)].sort());
});

void test('variables that are read beside the configuration stand in docs/operations.md', () => {
  const text = readFileSync('docs/operations.md', 'utf8');
  for (const variable of readDirectly()) assert(text.includes(`\`${variable}\``), variable);
});

void test(`${FILE} is what the code says: npm run -s configuration -- --markdown > ${FILE} && npm run -s format`, async () => {
  const { code } = await format(FILE, settingsDocument());
  assert.equal(readFileSync(FILE, 'utf8'), code);
});

void test(`${FILE} says which variables are required`, async () => {
  const { required } = await configured();
  const documented = rows.filter(({ isRequired }) => isRequired).map(({ variable }) => variable);
  assert.deepEqual(documented.sort(), [...required].sort());
});
