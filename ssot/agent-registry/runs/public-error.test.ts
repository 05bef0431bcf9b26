import { deepEqual, equal } from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PlatformError, type RunId } from '../../kernel';
import { AgentError } from '../errors';
import { isStoreAway, toPublicError } from './public-error';

const RUN = 'run_1' as RunId;
const known = (code: string, retryable = false): PlatformError =>
  new PlatformError({ code, message: `details of ${code} at clickhouse://admin:hunter2@10.0.0.7`, retryable });

const TOO_MUCH = [
  'tool_timeout',
  'There is too much usage to read at once. Ask about a shorter period.',
  true,
] as const;
const AWAY = ['usage_unavailable', 'Your usage data cannot be read right now. Ask again in a moment.', true] as const;
const OURS = ['agent_threw', 'Something went wrong on our side; our reference is run_1.', false] as const;

describe('what the customer is told of a failure', () => {
  for (const [what, error, [code, message, retryable]] of [
    ['more usage than is read at once', known('analytics_limit'), TOO_MUCH],
    ['usage that cannot be read', known('analytics_unavailable', true), AWAY],
    ['usage that is closed', known('analytics_closed'), AWAY],
    ['a question that analytics refuses', known('analytics_question_invalid'), OURS],
    ['a query that PostgreSQL refuses', known('database_query_failed'), OURS],
    ['an error of nobody', new Error('connect to clickhouse://admin:hunter2@10.0.0.7 failed'), OURS],
    ['what is no error', 'hunter2', OURS],
    ['nothing at all', undefined, OURS],
  ] as const) {
    test(`AG-13 is a plain sentence, and the details are for operators: ${what}`, () => {
      const told = toPublicError(error, RUN);
      deepEqual([told.code, told.message, told.retryable], [code, message, retryable]);
      equal(told.cause, error);
    });
  }

  for (const [what, error] of [
    ['our own refusal', new AgentError('tool_unknown', 'There is no tool "x".')],
    ['a store that is away', known('database_unreachable', true)],
    ['a write of which nobody knows', known('database_commit_unknown')],
  ] as const) {
    test(`AG-13 is what it was when it is fit to be told, or goes on by itself: ${what}`, () => {
      equal(toPublicError(error, RUN), error);
    });
  }

  for (const [error, isAway] of [
    [known('database_unreachable', true), true],
    [known('database_commit_unknown'), true],
    [known('database_query_failed'), false],
    [known('analytics_unavailable', true), false],
    [new Error('database_unreachable'), false],
  ] as const) {
    test(`AG-11 a run ${isAway ? 'is left to be tried again' : 'fails'} on ${String(error)}`, () => {
      equal(isStoreAway(error), isAway);
    });
  }
});
