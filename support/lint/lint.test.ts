import { strict as assert } from 'node:assert';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { generateMessages } from '@cucumber/gherkin';
import { IdGenerator, SourceMediaType } from '@cucumber/messages';
import { lintFeatures, sentenceOf } from './lint';
import { readFeatures, type FeatureText } from './feature-text';
import { ruleIdsIn, type Vocabulary } from './vocabulary';

const vocabulary: Vocabulary = {
  streams: ['chat', 'enterprise', 'zero-downtime'],
  modules: new Map([
    ['websocket-manager', 'WS'],
    ['auth', 'AU'],
  ]),
  layers: ['unit', 'integration', 'e2e'],
  marks: ['hard', 'exclusive'],
  ruleIds: [],
};

const SOUND = `@chat @websocket-manager
Feature: Live delivery
  Customers pay for what they can watch being made.

  Business value:
    Segment: Free, Enterprise
    Goal: Retention
    Impact: The customer sees what the agent is doing
    Revenue: chat

  @WS-05
  Rule: A message reaches every tab

    @e2e
    Scenario: Two devices follow one answer
      Given Dana has spent 45.00 USD
      When she asks
      Then both show it

    @e2e @hard
    Scenario Outline: Family: <case>
      Given a state
      When she asks <question>
      Then both show it

      Examples:
        | case  | question |
        | plain | this     |
        | long  | that     |
`;

function feature(text: string, uri = 'features/chat/live.feature'): FeatureText {
  const options = {
    newId: IdGenerator.incrementing(),
    includeSource: false,
    includeGherkinDocument: true,
    includePickles: false,
  };
  const [message] = generateMessages(text, uri, SourceMediaType.TEXT_X_CUCUMBER_GHERKIN_PLAIN, options);
  assert.ok(message?.gherkinDocument, message?.parseError?.message);
  return { uri, text, document: message.gherkinDocument };
}

const problemsWith =
  (ruleIds: readonly string[]) =>
  (...features: FeatureText[]): string[] =>
    lintFeatures(features, { ...vocabulary, ruleIds }).map(sentenceOf);

const problems = (...features: FeatureText[]): string[] => lintFeatures(features, vocabulary).map(sentenceOf);

test('a sound feature has no problem, and may speak of spend in its steps', () => {
  assert.deepEqual(problems(feature(SOUND)), []);
});

/** What is changed, into what, and what is then said. */
const CASES: readonly (readonly [name: string, from: string, to: string, said: RegExp])[] = [
  ['no business value', 'Business value:', 'Value:', /:2 {2}"Live delivery" does not say what it is worth/],
  ['a line missing', '    Goal: Retention\n', '', /:5 {2}The business value has no line "Goal:"/],
  ['a line misspelt', 'Impact:', 'Impacts:', /:8 {2}"Impacts:" is not part of a business value. Did you mean Impact\?/],
  ['a line twice', '    Goal: Retention\n', '    Goal: A\n    Goal: B\n', /:8 {2}"Goal:" stands here twice/],
  [
    'an unknown stream',
    'Revenue: chat',
    'Revenue: chats',
    /:9 {2}"chats" is not a revenue stream .* Did you mean chat\?/,
  ],
  ['the stream of another folder', 'Revenue: chat', 'Revenue: enterprise', /:9 {2}.* lies in features\/chat\//],
  ['an unknown tag', '@hard', '@hrad', /:20 {2}@hrad is not a known tag. Did you mean @hard\?/],
  ['no stream tag', '@chat @websocket', '@websocket', /:2 {2}.*exactly one stream tag, that of its folder: @chat/],
  ['no module tag', ' @websocket-manager', '', /:2 {2}.*which module keeps its promise/],
  ['no layer', '    @e2e\n', '', /"Two devices follow one answer" has no layer/],
  ['two layers', '@e2e @hard', '@e2e @unit', /:21 {2}"Family: <case>" has the layers @e2e and @unit/],
  ['no rule id', '  @WS-05\n', '', /"A message reaches every tab" has no id. The next free one is @WS-01/],
  ['the id of another module', '@WS-05', '@AU-05', /:12 {2}@AU-05 belongs to auth, .* begin with @WS-/],
  ['an id on a scenario', '@e2e @hard', '@e2e @WS-06', /:20 {2}@WS-06 is a rule's id/],
  ['revenue in the prose', 'Customers pay', 'Customers pay us $500k', /:3 {2}"\$500k" is a figure about money/],
  ['revenue in the block', 'what the agent is doing', 'that 90 % pay', /:8 {2}"90 %" is a figure about money/],
  ['revenue in a step', 'When she asks\n', 'When the MRR grows\n', /:17 {2}"MRR" is a figure about money/],
  ['revenue in a comment', '    @e2e\n', '    # worth 15,000 USD\n    @e2e\n', /:14 {2}"15,000 USD" is a figure/],
  [
    'a first column without a name',
    '| case  | question |',
    '| kind  | question |',
    /:27 {2}The first column is "kind"/,
  ],
  ['a column that nobody uses', 'asks <question>', 'asks', /:27 {2}The column "question" is used in no step/],
  ['a case twice', '| long ', '| plain', /:29 {2}"plain" is the case in line 28 too/],
  [
    'a name twice',
    'Outline: Family: <case>',
    'Outline: Two devices follow one answer',
    /:21 {2}.* name of the scenario in line 15/,
  ],
  [
    'two Whens',
    'When she asks\n',
    'When she asks\n      When she asks again\n',
    /:15 {2}.* 2 steps that begin with When/,
  ],
  ['no Then', '      Then both show it\n\n    @e2e @hard', '\n    @e2e @hard', /:15 {2}.* has no Then/],
];

for (const [name, from, to, said] of CASES) {
  test(`it is said where and what to do: ${name}`, () => {
    assert.ok(SOUND.includes(from));
    assert.match(problems(feature(SOUND.replace(from, to))).join('\n'), said);
  });
}

test('an id that two rules of the suite have is told with the other place and the next free one', () => {
  const [problem, ...more] = problems(feature(SOUND), feature(SOUND, 'features/chat/other.feature'));
  assert.deepEqual(more, []);
  assert.equal(
    problem,
    'features/chat/other.feature:12  @WS-05 is the id of another rule already (features/chat/live.feature:12). The next free one is @WS-06.',
  );
});

test('the next free id is that of the whole repository, also where a few features are checked', () => {
  const [problem] = problemsWith(['@WS-11', '@AU-40'])(feature(SOUND.replace('  @WS-05\n', '')));
  assert.match(problem ?? '', /The next free one is @WS-12\.$/);
});

const MARKDOWN = `\`@chat\` \`@websocket-manager\`
# Feature: Live delivery

Customers pay for what they can watch being made.

Business value:
Segment: Free, Enterprise
Goal: Retention
Impact: The customer sees what the agent is doing
Revenue: chat

\`@WS-05\`
## Rule: A message reaches every tab

\`@e2e\`
### Scenario: Two devices follow one answer
* Given Dana has spent 45.00 USD
* When she asks
* Then both show it
`;

test('a feature that is written in Markdown is found and judged like any other', () => {
  const root = mkdtempSync(join(tmpdir(), 'lint-'));
  after(() => rmSync(root, { recursive: true, force: true }));
  const write = (text: string): void => writeFileSync(join(root, 'features/chat/live.feature.md'), text);
  mkdirSync(join(root, 'features/chat'), { recursive: true });
  write(MARKDOWN);
  assert.deepEqual(ruleIdsIn(root), ['@WS-05']);
  assert.deepEqual(problems(...readFeatures(root).features), []);
  write(MARKDOWN.replace('`@e2e`', '`@e2f`').replace('Goal: Retention\n', ''));
  const said = problems(...readFeatures(root).features).join('\n');
  assert.match(said, /live\.feature\.md:\d+ {2}@e2f is not a known tag/);
  assert.match(said, /live\.feature\.md:\d+ {2}The business value has no line "Goal:"/);
});
