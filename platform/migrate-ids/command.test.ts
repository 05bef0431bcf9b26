import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { migrateIds, USAGE } from './command';
import { readBatches } from './records';

const TENANT = 'tenant_01h455vb4pex5vsknk084sn02q';
const UUID = '01890a5d-ac96-774b-bcce-b302099a8057';

async function run(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await migrateIds(args, {
    variables: {},
    stdin: Readable.from([]),
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

void test('ID-07 the command explains itself when asked', async () => {
  assert.deepEqual(await run('--help'), { status: 0, out: USAGE, err: '' });
});

for (const [name, args, problem] of [
  ['no command', ['--tenant', TENANT], 'A command is missing.'],
  ['an unknown command', ['move', '--tenant', TENANT], 'There is no command "move".'],
  ['an unknown option', ['report', '--tennant', TENANT], "Unknown option '--tennant'"],
  ['no tenant', ['report'], '"--tenant" must be a tenant id, written as tenant_ and 26 characters; this is not text.'],
  ['a tenant that is a UUID', ['report', '--tenant', UUID], '"--tenant" must be a tenant id'],
  ['no file', ['import', '--tenant', TENANT], 'import needs a file, or - for standard input.'],
  ['an unknown kind', ['resolve', 'chat', UUID, '--tenant', TENANT], '"chat" is no kind. Known are tenant, user,'],
  ['no UUID', ['withdraw', 'run', '--tenant', TENANT], 'withdraw needs a kind and a UUID.'],
  ['nothing to describe', ['describe'], 'describe needs an id.'],
] as const) {
  void test(`ID-07 a command that cannot be understood is refused with its reason and the usage: ${name}`, async () => {
    const { status, out, err } = await run(...args);
    assert.deepEqual({ status, out }, { status: 64, out: '' });
    assert(err.startsWith(problem), err);
    assert(err.endsWith(USAGE));
  });
}

void test('ID-07 the command refuses the configuration of an instance as the instance does', async () => {
  const { status, err } = await run('report', '--tenant', TENANT);
  assert.equal(status, 78);
  assert.match(err, /POSTGRES_URL is missing/);
});

void test('ID-07 the command says what an id is, without a database', async () => {
  const { status, out } = await run('describe', 'thread_01h455vb4pex5vsknk084sn02q');
  const facts = { kind: 'thread', uuid: UUID, origin: 'issued', issuedAt: '2023-06-30T03:34:18.518Z', ahead: false };
  assert.deepEqual({ status, facts: JSON.parse(out) as unknown }, { status: 0, facts });
  assert.equal((await run('describe', UUID)).status, 1);
});

async function batchesOf(text: string): Promise<number[]> {
  const sizes: number[] = [];
  for await (const batch of readBatches(Readable.from([text]))) sizes.push(batch.length);
  return sizes;
}

void test('ID-07 records are read one a line, in batches of 1,000, without empty lines', async () => {
  const line = `{"kind":"run","legacy":"${UUID}","parent":{"kind":"thread","legacy":"${UUID}"}}\r\n`;
  assert.deepEqual(await batchesOf(`${line.repeat(1_000)}\n${line.repeat(999)}`), [1_000, 999]);
  assert.deepEqual(await batchesOf(`${line}\n${line.trim()}`), [2]);
  assert.deepEqual(await batchesOf(''), []);
});

for (const [name, line, problem] of [
  ['no JSON', 'run,123', 'it is not JSON'],
  ['an unknown kind', '{"kind":"chat","legacy":"1"}', '"kind" must be one of tenant, user,'],
  ['no legacy id', '{"kind":"run"}', '"legacy" must be text'],
  ['a number as legacy id', '{"kind":"run","legacy":17}', '"legacy" must be text'],
  ['half a parent', '{"kind":"run","legacy":"1","parent":{"kind":"thread"}}', '"parent.legacy" must be text'],
  ['a field nobody knows', '{"kind":"run","legacy":"1","title":"x"}', '"record" Unrecognized key: "title"'],
] as const) {
  void test(`ID-07 a line that cannot be read stops the import with its number, the field and the way out: ${name}`, async () => {
    const good = '{"kind":"run","legacy":"1"}\n';
    await assert.rejects(batchesOf(`${good}${line}\n`), (error: Error & { code: string }) => {
      assert.equal(error.code, 'records_malformed');
      assert(error.message.startsWith(`Line 2 cannot be read: ${problem}`), error.message);
      assert.match(
        error.message,
        /Correct it and run the command again; records that are imported already are counted/,
      );
      return true;
    });
  });
}
