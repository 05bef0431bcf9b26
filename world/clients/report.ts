import type { RunId, ThreadEvent } from '../../ssot/kernel';
import { endingOf, latestRunOf } from './event-order';

/** The report of a completed run; fails, naming how the run ended, when there is none. */
export function reportOf(story: readonly ThreadEvent[]): Report {
  const ending = endingOf(story);
  if (ending?.type !== 'agent_completed') {
    throw new Error(
      `there is no report: the run ended as ${ending?.type ?? 'nothing'} ${JSON.stringify(ending?.data)}`,
    );
  }
  return ending.data.report as unknown as Report;
}

/** How many days a run's answer is about. */
export function daysOf(story: readonly ThreadEvent[], runId: RunId | null): number {
  const { from, to } = reportOf(latestRunOf(story, runId)).period;
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

/** What a customer reads in a report (public contract). Amounts are decimal text. */
export interface Report {
  readonly verdict: string;
  readonly preliminary: boolean;
  readonly wordedBy: 'rules' | 'model';
  readonly period: { readonly from: string; readonly to: string };
  readonly measures: readonly string[];
  /** What the question, or one before it in the thread, narrows it to. */
  readonly covers: { readonly models: readonly string[] };
  readonly calls: number;
  readonly spend: { readonly amount: string; readonly currency: string } | null;
  readonly findings: readonly {
    readonly rule: string;
    readonly model: string;
    readonly feature: string;
    /** A model that would do. */
    readonly smaller?: string;
    readonly spend: { readonly amount: string; readonly currency: string };
    readonly saving: { readonly amount: string; readonly currency: string };
  }[];
  readonly byModel: readonly {
    readonly provider: string;
    readonly model: string;
    readonly spend: { readonly amount: string; readonly currency: string } | null;
  }[];
  readonly missing: readonly string[];
  readonly text: string;
  readonly notes: readonly string[];
  readonly suggestions: readonly string[];
  readonly answer: {
    readonly by: readonly string[];
    readonly rows: readonly {
      readonly keys: readonly string[];
      readonly now: {
        readonly calls: number;
        readonly inputTokens: string;
        readonly outputTokens: string;
        readonly spends: readonly { readonly amount: string; readonly currency: string }[];
      };
    }[];
  } | null;
}

/** Decimal text as trillionths of its unit: "12.5" is 12_500_000_000_000. Exact up to 12 decimal places. */
export function picos(amount: string): bigint {
  const [units = '0', fraction = ''] = amount.split('.');
  if (fraction.length > 12) throw new Error(`${amount} has more than 12 decimal places`);
  return BigInt(units) * 1_000_000_000_000n + BigInt(fraction.padEnd(12, '0'));
}
