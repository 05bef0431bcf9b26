import { expect } from 'chai';
import { describe, it } from 'node:test';
import { changedContent, changedTexts } from './changed-values';

const texts = (sentence: string): string[] => changedTexts(sentence).map((change) => change.text);

describe('changing the values of a Then step', () => {
  it('moves a number by one in both directions, in its own spelling and never below zero', () => {
    expect(texts('the bill is 12.50 for 1,000 calls')).to.deep.equal([
      'the bill is 12.51 for 1,000 calls',
      'the bill is 12.49 for 1,000 calls',
      'the bill is 12.50 for 1,001 calls',
      'the bill is 12.50 for 999 calls',
    ]);
    expect(texts('0 calls failed')).to.deep.equal(['1 calls failed']);
  });

  it('moves a bound out of reach, because its neighbours are true as well', () => {
    expect(texts('it is gone within 9 seconds')).to.deep.equal(['it is gone within 0 seconds']);
    expect(texts('at least 3 arrive')).to.deep.equal(['at least 999999999 arrive']);
  });

  it('changes quoted text as one value and leaves numbers inside words alone', () => {
    expect(texts('the entry "chat 7 of v1" names UUIDv7')).to.deep.equal(['the entry "chat 7 of v1x" names UUIDv7']);
    expect(texts(`Dana's device is told '"part"' and 'no.'`)).to.deep.equal([
      `Ravi's device is told '"part"' and 'no.'`,
      `Dana's device is told '"part"x' and 'no.'`,
      `Dana's device is told '"part"' and 'no.x'`,
    ]);
    expect(texts('it reads "41"')).to.deep.equal(['it reads "42"', 'it reads "40"']);
  });

  it('exchanges known words for known words, so that the sentence keeps its meaning', () => {
    expect(texts('two answers reach the phone')).to.deep.equal([
      'three answers reach the phone',
      'two answers reach the laptop',
    ]);
    expect(texts('Birch is on the mid plan')).to.deep.equal([
      'Cedar is on the mid plan',
      'Birch is on the enterprise plan',
    ]);
  });

  it('changes any cell', () => {
    expect(['9', 'free', '', 'wrong_kind'].map(changedContent)).to.deep.equal(['10', 'early', 'x', 'wrong_kindx']);
  });
});
