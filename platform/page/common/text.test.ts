import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { codePoints, isVisible, textProblem } from '../../../ssot/kernel';
import * as page from './text.mjs';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

void describe('text on the page', () => {
  void test('WS-18 the page counts and sees as the platform does', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        assert.equal(page.codePoints(text), codePoints(text));
        assert.equal(page.isVisible(text), isVisible(text));
        assert.equal(page.problemOfQuestion(text) === undefined, textProblem(text, page.MAX_QUESTION) === undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  for (const [name, text] of [
    ['blanks', ' \t\n\u00a0\u3000'],
    ['zero width characters', '\u200b\u200c\u200d\ufeff\u2060'],
    ['marks of direction', '\u200e\u202b\u2069'],
    ['Hangul fillers', '\u115f\u3164\uffa0'],
    ['an empty Braille cell', '\u2800'],
    ['a variation selector', '\ufe0f'],
    ['control characters', '\u0007\u001b'],
    ['what will never be a character', '\ufdd0\uffff'],
  ] as const) {
    void test(`WS-18 text with nothing to see is no question and no title: ${name}`, () => {
      assert.equal(page.problemOfQuestion(text), 'Write a question first.');
      assert.equal(page.problemOfTitle(text), 'Write a title first.');
    });
  }

  for (const [name, character] of [
    ['a letter', 'a'],
    ['an emoji of two halves', '😀'],
    ['a letter beyond the first plane', '𝒜'],
    ['a mark and its letter', 'é'.normalize('NFC')],
  ] as const) {
    void test(`WS-18 8,000 characters can be asked, 8,001 cannot: ${name}`, () => {
      assert.equal(page.problemOfQuestion(character.repeat(8_000)), undefined);
      assert.equal(
        page.problemOfQuestion(character.repeat(8_001)),
        'A question has at most 8,000 characters; this one has 8,001.',
      );
    });
  }

  for (const [name, text] of [
    ['NUL', 'a\0b'],
    ['half a character', 'a\ud83d'],
  ] as const) {
    void test(`WS-18 what cannot be stored is not sent: ${name}`, () => {
      assert.equal(page.problemOfQuestion(text), 'The question contains a character that cannot be sent.');
    });
  }

  for (const [name, question, title] of [
    ['a short one', 'Where does our money go?', 'Where does our money go?'],
    ['its first line', '\n  \u200b\n Who   spends\tmost? \nAnd why?', 'Who spends most?'],
    ['between words', `${'word '.repeat(30)}`, `${'word '.repeat(15).trim()}…`],
    ['a word without end', 'x'.repeat(300), `${'x'.repeat(79)}…`],
    ['never inside a character', '👨‍👩‍👧‍👦'.repeat(30), `${'👨‍👩‍👧‍👦'.repeat(11)}…`],
    ['from right to left', 'كم ننفق على الذكاء الاصطناعي؟', 'كم ننفق على الذكاء الاصطناعي؟'],
  ] as const) {
    void test(`WS-18 a question names its thread: ${name}`, () => {
      assert.equal(page.titleOf(question), title);
    });
  }

  void test('WS-18 whatever can be asked gives a title that can be stored', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        fc.pre(page.problemOfQuestion(text) === undefined);
        assert.equal(page.problemOfTitle(page.titleOf(text)), undefined);
        assert(page.codePoints(page.titleOf(text)) <= 80);
      }),
      { numRuns: 1_000 },
    );
  });

  const enter = { key: 'Enter', shiftKey: false, isComposing: false, keyCode: 13 };
  for (const [name, key, sends] of [
    ['Enter', enter, true],
    ['Shift and Enter', { ...enter, shiftKey: true }, false],
    ['Enter while a word is composed', { ...enter, isComposing: true }, false],
    ['Safari’s Enter that has just ended a word', { ...enter, keyCode: 229 }, false],
    ['another key', { ...enter, key: 'a', keyCode: 65 }, false],
  ] as const) {
    void test(`WS-18 only an Enter that ends no word asks: ${name}`, () => {
      assert.equal(page.sends(key), sends);
    });
  }
});
