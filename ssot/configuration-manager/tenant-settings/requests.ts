import { closest, distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { textProblem, type Json, type Plan } from '../../kernel';
import { ConfigurationError, type ConfigurationCode } from '../errors';
import { firstIssue } from '../first-issue';
import { plans, type PlanLimit } from '../plans';
import type { Change, ChangeRequest } from './contract';
import { declarationOf, SETTING_KEYS } from './declarations';
import { refusedByPlan } from './resolve';

/** Set or removed by one change. */
export const MAX_SETTINGS_AT_ONCE = 50;
/** Of a name; all there are are far shorter. */
export const MAX_SETTING_NAME = 100;
const MAX_VALUE_BYTES = 64 * 1024;
const MIN_REASON = 3;
const MAX_REASON = 500;

interface Found {
  readonly code: ConfigurationCode;
  readonly key: string;
  readonly problem: string;
  readonly limit?: { readonly name: PlanLimit; readonly max: number };
}

/** What a change asks for, before anything is asked of its values; undefined removes. Throws what is wrong with the request itself. */
export function wantedBy(change: Change): ReadonlyMap<string, Json | undefined> {
  assertRequest(change);
  const set = Object.entries(change.set ?? {});
  const remove = change.remove ?? [];
  const keys = [...set.map(([key]) => key), ...remove];
  if (keys.length === 0 || keys.length > MAX_SETTINGS_AT_ONCE) {
    throw invalid(`A change sets or removes from 1 to ${MAX_SETTINGS_AT_ONCE} settings.`, 'set');
  }
  if (new Set(keys).size < keys.length) throw invalid('A change names each setting once.', 'set');
  return new Map([
    ...set.map(([key, value]) => [key, value as Json] as const),
    ...remove.map((key) => [key, undefined] as const),
  ]);
}

/** Whether a company on this plan may make the change. Throws with every problem of its names and values. */
export function assertSettable({ set = {}, remove = [] }: Change, plan: Plan): void {
  const values = Object.entries(set);
  const found = [
    ...values.flatMap(([key, value]) => problemsOf(key, value, plan)),
    ...remove.flatMap((key) => problemsOfName(key)),
  ];
  assertNone(found, values.length + remove.length);
}

/** Whether settings of an earlier version may be made again. Throws with every problem. */
export function assertRestorable(values: ReadonlyMap<string, Json | undefined>, plan: Plan): void {
  const found = [...values].flatMap(([key, value]) => (value === undefined ? [] : problemsOf(key, value, plan)));
  assertNone(found, values.size);
}

export function assertRequest({ reason, expectedVersion, requestId }: ChangeRequest): void {
  const problem = textProblem(reason, MAX_REASON) ?? (reason.length < MIN_REASON ? 'is too short' : undefined);
  if (problem !== undefined) {
    throw invalid(`"reason" ${problem}: write ${MIN_REASON} to ${MAX_REASON} characters that say why.`, 'reason');
  }
  if (!Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
    throw invalid('"expectedVersion" is the version of the settings you have read, a whole number.', 'expectedVersion');
  }
  if (textProblem(requestId, 128) !== undefined) {
    throw invalid('The id of the request has 1 to 128 visible characters.', 'requestId');
  }
}

function problemsOfName(key: string): readonly Found[] {
  if (declarationOf(key) !== undefined) return [];
  // To compare a very long one takes long.
  const begin = key.slice(0, MAX_SETTING_NAME);
  return [
    {
      code: 'unknown_setting',
      key: begin === key ? key : `${begin}…`,
      problem: `is no setting of companies. ${wayOut(begin)}`,
    },
  ];
}

/** A name that is hardly alike would only mislead. */
function wayOut(key: string): string {
  const near = closest(key, SETTING_KEYS);
  return distance(key, near) <= key.length / 2 ? `Did you mean "${near}"?` : 'GET /v1/settings lists them.';
}

function problemsOf(key: string, value: unknown, plan: Plan): readonly Found[] {
  const declaration = declarationOf(key);
  if (declaration === undefined) return problemsOfName(key);
  const { kind, wayOut, from, limit } = declaration;
  const bad = (problem: string): readonly Found[] => [
    { code: 'invalid_setting', key, problem: `${problem}. ${wayOut}` },
  ];
  if (Buffer.byteLength(JSON.stringify(value ?? null)) > MAX_VALUE_BYTES) return bad('has more than 64 KiB');
  const read = kind.safeParse(value);
  if (!read.success) return bad(problemOf(read.error));
  switch (refusedByPlan(declaration, plan, read.data)) {
    case 'closed':
      return [{ code: 'setting_closed', key, problem: `is open from the ${from} plan on; yours is ${plan}` }];
    case 'above': {
      const name = limit as PlanLimit;
      const max = plans[plan][name];
      return [
        { code: 'above_limit', key, problem: `is above ${max}, the most that your plan allows`, limit: { name, max } },
      ];
    }
    case undefined:
      return [];
  }
}

/** The first one, with where it is inside the value. */
function problemOf(error: z.ZodError): string {
  const { path, message } = firstIssue(error);
  return path.length === 0 ? message : `holds something at "${path.join('.')}" that ${message}`;
}

function assertNone(found: readonly Found[], of: number): void {
  const [first] = found;
  if (first === undefined) return;
  const sentences = found.map(({ key, problem }) => `"${key}" ${problem.replace(/([^.?])$/, '$1.')}`);
  const nothing = of === 1 ? 'Nothing was changed' : `None of the ${of} settings was changed`;
  throw new ConfigurationError(first.code, `${nothing}: ${sentences.join(' ')}`, {
    field: first.key,
    ...(first.limit && { limit: first.limit }),
  });
}

function invalid(message: string, field: string): ConfigurationError {
  return new ConfigurationError('invalid_setting', message, { field });
}
