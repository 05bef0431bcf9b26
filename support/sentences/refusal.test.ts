import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CucumberExpression, ParameterType, ParameterTypeRegistry } from '@cucumber/cucumber-expressions';
import { refusalOf } from './refusal';
import { sentencesOf } from './sentence';

const types = new ParameterTypeRegistry();
const define = (name: string, regexp: RegExp): void =>
  types.defineParameterType(new ParameterType(name, regexp, String, (text) => text));
define('person', /[A-Z][a-z]+|she|he/);
define('readiness', /degraded, and still serves|not ready|ready/);
define('device', /phone|laptop/);
define('duration', /\d+ (?:second|minute)s?/);

const patterns = [
  '{person} has signed in on a {device}',
  'the instance says within {duration} that it is {readiness}',
  '{person} asks {string} on the page',
  'no event is/was missing or doubled',
];
const sentences = sentencesOf({
  stepDefinitions: patterns.map((pattern, at) => ({
    ...{ pattern, uri: 'steps.ts', line: at + 1 },
    expression: new CucumberExpression(pattern, types),
  })),
  parameterTypeRegistry: types,
});

const CASES: readonly (readonly [said: string, refusal: string | undefined])[] = [
  ['she has signed in on a phone', undefined],
  ['no event was missing or doubled', undefined],
  [
    'the instance says within 5 seconds that it is redy',
    '"the instance says within 5 seconds that it is redy": "redy" is no {readiness} in "the instance says within {duration} that it is {readiness}" (steps.ts:2). Known: "degraded, and still serves", "not ready", "ready".',
  ],
  [
    'the instance says within 5 weeks that it is ready',
    '"the instance says within 5 weeks that it is ready": "5 weeks" is no {duration} in "the instance says within {duration} that it is {readiness}" (steps.ts:2).',
  ],
  [
    'Dana has signd in on a phone',
    'No sentence reads "Dana has signd in on a phone". The nearest: "{person} has signed in on a {device}" (steps.ts:1). All of them: npm run sentences.',
  ],
  [
    'she asks "Where does our money go?" on a page',
    'No sentence reads "she asks "Where does our money go?" on a page". The nearest: "{person} asks {string} on the page" (steps.ts:3). All of them: npm run sentences.',
  ],
  ['pigs fly', 'No sentence reads "pigs fly". Nothing comes near to it. All of them: npm run sentences.'],
];

for (const [said, refusal] of CASES) {
  test(`a step that says: ${said}`, () => assert.equal(refusalOf(said, sentences), refusal));
}
