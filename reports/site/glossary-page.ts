import { STATES } from '../model/protection';
import { html } from './html';
import type { Page } from './layout';
import { MEANING, badge } from './state';

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  [
    'Revenue stream',
    'Money that depends on behaviour. Its amount, source and date stand in one file, features/revenue-streams.yaml.',
  ],
  ['Feature', 'What a customer gets, and which money depends on it.'],
  ['Rule', 'One promise of the business. It keeps its id for life.'],
  ['Scenario', 'An example of a rule that was really carried out against the running platform.'],
  ['Evidence', 'What people, wires and stores showed while a scenario ran, without secrets.'],
  [
    'Proof',
    'Defects are put into the code, or values in a sentence are changed, on purpose. A scenario that stays green has proved nothing.',
  ],
  ['Tenant', 'A customer company.'],
  ['Person', 'Somebody who works for a tenant.'],
  ['Plan', 'What a tenant has bought: free, early, mid or enterprise.'],
  ['Thread', 'A conversation.'],
  ['Run', 'One piece of work by an agent for one message. “Run” at the foot of a page is the run of this suite.'],
  ['Agent', 'A specialist of the platform that works on a question with tools.'],
  ['Event', 'One numbered entry in the story of a thread.'],
  ['Device, tab', 'One live connection of a person.'],
  ['Session', 'A device that is signed in.'],
  ['Hot, warm, cold tier', 'Where state lives: Redis for speed, PostgreSQL for truth, ClickHouse for history.'],
  ['Checkpoint', 'A point that a run can continue from.'],
  ['Instance', 'One process of the platform.'],
  ['Drain', 'Taking no new work and finishing the old.'],
  ['Breaker', 'What stops calling a part that keeps failing.'],
];

export function glossaryPage(): Page {
  const outcomes = ['proven', 'passed', 'flaky', 'blocked', 'failed'] as const;
  return {
    path: 'glossary.html',
    title: 'Glossary',
    body: html`<header class="title">
        <h1>Glossary</h1>
        <p class="lead">The words of this site, and what its signs mean.</p>
      </header>
      <h2>States of money and rules</h2>
      <dl class="glossary">
        ${STATES.toReversed().map(
          (state) =>
            html`<div>
              <dt>${badge(state)}</dt>
              <dd>${MEANING[state]}</dd>
            </div>`,
        )}
      </dl>
      <h2>Outcomes of scenarios</h2>
      <dl class="glossary">
        ${outcomes.map(
          (outcome) =>
            html`<div>
              <dt>${badge(outcome)}</dt>
              <dd>${MEANING[outcome]}</dd>
            </div>`,
        )}
      </dl>
      <h2>Words</h2>
      <dl class="glossary">
        ${WORDS.map(
          ([word, meaning]) =>
            html`<div>
              <dt>${word}</dt>
              <dd>${meaning}</dd>
            </div>`,
        )}
      </dl>`,
  };
}
