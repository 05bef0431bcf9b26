import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserId } from '../../ssot/kernel';
import type { UsageEvent, UsageStatus } from '../../ssot/analytics';

const DAY_MS = 86_400_000;

/** One line of `usage-template.csv`. */
export interface TemplateCall {
  readonly call: string;
  /** Full days before the day of loading, 1 to 29. */
  readonly daysBefore: number;
  /** Time of day in UTC, milliseconds. */
  readonly timeMs: number;
  readonly feature: string;
  readonly provider: string;
  readonly model: string;
  readonly status: UsageStatus;
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly latencyMs: number;
  readonly background: boolean;
  /** 1 to 8, or 0 when no person waited. */
  readonly person: number;
  readonly prompt: string;
  readonly opening: string;
  readonly openingTokens: number;
}

let template: readonly TemplateCall[] | undefined;

/** The shipped calls, in order of time. */
export function templateCalls(): readonly TemplateCall[] {
  template ??= readFileSync(join(__dirname, 'usage-template.csv'), 'utf8').trim().split('\n').slice(1).map(callOf);
  return template;
}

/**
 * The shipped month as one company's uses: all within the 29 full days (UTC) before `asOf`. `ids` keeps the event ids
 * of one loading together (`sample-<ids>-0001`): the same `ids` and day give the same uses, so loading twice counts
 * once. The template's eight people are dealt out to `people`; without any, no person is named.
 */
export function usageFromTemplate(load: {
  asOf: Date;
  ids: string;
  people?: readonly UserId[];
}): readonly UsageEvent[] {
  const { asOf, ids, people = [] } = load;
  const midnight = Math.floor(asOf.getTime() / DAY_MS) * DAY_MS;
  return templateCalls().map((call) => {
    const person = call.person === 0 || people.length === 0 ? undefined : people[(call.person - 1) % people.length];
    return {
      eventId: `sample-${ids}-${call.call}`,
      at: new Date(midnight - call.daysBefore * DAY_MS + call.timeMs).toISOString(),
      provider: call.provider,
      model: call.model,
      feature: call.feature,
      status: call.status,
      inputTokens: call.input,
      cachedInputTokens: call.cached,
      outputTokens: call.output,
      latencyMs: call.latencyMs,
      background: call.background,
      ...(person === undefined ? {} : { personId: person }),
      ...(call.prompt === '' ? {} : { promptHash: hashOf(call.prompt) }),
      ...(call.opening === '' ? {} : { opening: { hash: hashOf(call.opening), tokens: call.openingTokens } }),
    };
  });
}

function hashOf(label: string): string {
  return createHash('sha256').update(label).digest('hex').slice(0, 32);
}

function callOf(line: string): TemplateCall {
  const cells = line.split(',');
  const text = (column: number): string => cells[column] ?? '';
  const [hours = 0, minutes = 0, seconds = 0] = text(2).split(':').map(Number);
  return {
    call: text(0),
    daysBefore: Number(text(1)),
    timeMs: ((hours * 60 + minutes) * 60 + seconds) * 1_000,
    feature: text(3),
    provider: text(4),
    model: text(5),
    status: text(6) as UsageStatus,
    input: Number(text(7)),
    cached: Number(text(8)),
    output: Number(text(9)),
    latencyMs: Number(text(10)),
    background: text(11) === 'yes',
    person: Number(text(12)),
    prompt: text(13),
    opening: text(14),
    openingTokens: Number(text(15)),
  };
}
