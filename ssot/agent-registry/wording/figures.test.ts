import { equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sameFigures } from './wording';

const SAVING = '480.00 USD could be saved.';
const SAME = [
  ['other words', SAVING, 'You could save 480.00 USD!'],
  ['a point at its end', '12 calls cost 480.00 USD.', '12 calls: 480.00 USD'],
  ['no thousands mark', '1,500 calls cost 2,000.01 USD.', '1500 calls cost 2000.01 USD.'],
  ['no figures at all', 'Nothing is recorded.', 'We have nothing on record.'],
  ["a model's name", '12 calls to gpt-4o.', '12 calls were made to gpt-4o.'],
  ['a figure ends it', 'The calls are 12.', '12 calls were made.'],
  ['points at its end', 'The calls are 12.', 'The calls are 12...'],
  ['no blank in between', SAVING, '480.00USD could be saved.'],
  ['a number begins it', 'Two of the models.', 'These are two of the models.'],
] as const;
const OTHER = [
  ['a lost point', '1.5 USD could be saved.', '15 USD could be saved.'],
  ['a changed figure', SAVING, '580.00 USD could be saved.'],
  ['fewer places', '480.50 USD could be saved.', '480 USD could be saved.'],
  ['a dropped figure', '12 calls cost 480.00 USD.', 'The calls cost 480.00 USD.'],
  ['a figure added', SAVING, '480.00 USD could be saved, or 9 %.'],
  ['a figure said twice', SAVING, 'Save 480.00 USD! That is 480.00 USD.'],
  ['two figures swapped', '12 of 480 calls.', '480 of 12 calls.'],
  ['another currency', SAVING, '480.00 EUR could be saved.'],
  ['a currency sign', SAVING, '$480.00 could be saved.'],
  ['another unit', '480 calls.', '480k calls.'],
  ['another sign', SAVING, '-480.00 USD could be saved.'],
  ['per cent', '9 of them.', '9% of them.'],
  ['a number as a word', SAVING, 'Two models: 480.00 USD could be saved.'],
  ['a large number as a word', '12 calls.', '12 calls, not a million.'],
  ['half as a word', SAVING, '480.00 USD could be saved, about half.'],
  ['digits of another script', SAVING, '480.00 USD could be saved, or ٣٠.'],
] as const;

describe('a wording', () => {
  for (const [what, text, wording] of SAME) {
    test(`AG-04 is used when it keeps every figure: ${what}`, () => equal(sameFigures({ text }, wording), true));
  }
  for (const [what, text, wording] of OTHER) {
    test(`AG-04 is discarded for other figures: ${what}`, () => equal(sameFigures({ text }, wording), false));
  }
});
