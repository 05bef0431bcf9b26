import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fastify } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { idSchema } from '../../../ssot/id-manager';
import { noMetrics, silentLogger } from '../../../ssot/kernel';
import { ControlledClock } from '../../../world/operations/controlled-clock';
import { answerErrors } from './problem';

void test('ID-04 a refused id is called by the name of its place', async () => {
  const app = fastify();
  app.setValidatorCompiler(validatorCompiler);
  app.setErrorHandler(answerErrors({ log: silentLogger, metrics: noMetrics, clock: new ControlledClock() }));
  app.get('/', { schema: { querystring: z.strictObject({ before: idSchema('thread') }) } }, () => 'found');
  const { field, detail } = (await app.inject('/?before=run_01jt5wbs00e4csqj4k1y7d0c3f')).json<
    Record<string, string>
  >();
  assert.equal(field, 'before');
  assert.equal(detail, '"before" must be a thread id, written as thread_ and 26 characters; this is a run id.');
});
