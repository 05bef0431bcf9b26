/**
 * The figures of the shipped month, worked out from the two files alone: `npx node --require ./support/typescript/register.js world/sample-usage/totals.ts`.
 * Shares no code with the module, so that it can check it. Amounts in USD, exact.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Price {
  provider: string;
  model: string;
  perMillion: { input: string; cachedInput: string; output: string };
}
const prices = (
  JSON.parse(readFileSync(join(__dirname, '../../ssot/analytics/prices/list-prices.json'), 'utf8')) as {
    entries: Price[];
  }
).entries;
const [head = '', ...body] = readFileSync(join(__dirname, 'usage-template.csv'), 'utf8').trim().split('\n');
const columns = head.split(',');
const calls = body.map((line) => {
  const cells = line.split(',');
  return Object.fromEntries(columns.map((column, i): [string, string] => [column, cells[i] ?? '']));
});

/** Six decimal places as a whole number. */
const micro = (text: string): bigint => BigInt(Math.round(Number(text) * 1e6));
const dollars = (pico: bigint): string => `${pico / 10n ** 12n}.${(pico % 10n ** 12n).toString().padStart(12, '0')}`;

function row(name: string, some: readonly Record<string, string>[]): string {
  let [input, cached, output, cost, unpriced] = [0n, 0n, 0n, 0n, 0];
  for (const call of some) {
    const [i, c, o] = [BigInt(call['input'] ?? 0), BigInt(call['cached'] ?? 0), BigInt(call['output'] ?? 0)];
    const price = prices.find(
      ({ provider, model }) => provider === call['provider'] && model === call['model'],
    )?.perMillion;
    [input, cached, output] = [input + i, cached + c, output + o];
    if (price === undefined) unpriced++;
    else cost += (i - c) * micro(price.input) + c * micro(price.cachedInput) + o * micro(price.output);
  }
  return `| ${[name, some.length, input, cached, output, unpriced === some.length ? 'unpriced' : dollars(cost)].join(' | ')} |`;
}

console.log(
  '| calls of | calls | input tokens | of them cached | output tokens | spend in USD |\n|---|---|---|---|---|---|',
);
console.log(row('the whole month', calls));
for (const column of ['model', 'feature', 'status']) {
  for (const [name, some] of Map.groupBy(calls, (call) => call[column] ?? ''))
    console.log(row(`${column} ${name}`, some));
}
