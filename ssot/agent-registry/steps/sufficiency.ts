import type { AgentKind } from '../../kernel';
import type { Coverage, Sufficiency } from '../contract';

/** From here on usage carries a whole answer. */
export const SUFFICIENT = { daysWithUse: 7, calls: 1_000 } as const;

const ROUTES: Readonly<Record<Sufficiency, readonly AgentKind[]>> = {
  sufficient: ['data', 'optimisation', 'action-planning', 'reporting'],
  partial: ['data', 'optimisation', 'reporting'],
  insufficient: ['reporting'],
  out_of_scope: ['reporting'],
};

/** Pure: who works on a question after triage, in order. */
export function routeAfter(verdict: Sufficiency): readonly AgentKind[] {
  return ROUTES[verdict];
}

/** Pure: whether the recorded usage carries an answer, and what is missing for a whole one. */
export function assess(isInScope: boolean, coverage: Coverage): { verdict: Sufficiency; missing: readonly string[] } {
  if (!isInScope) {
    return {
      verdict: 'out_of_scope',
      missing: [
        'Nothing about the use or the cost of AI was understood. Questions are read in English; ask for instance "How can we cut our AI spending?"',
      ],
    };
  }
  if (coverage.calls === 0) {
    return {
      verdict: 'insufficient',
      missing: [
        'No usage is recorded for this period. Send your AI calls to POST /v1/usage, or ask about another period.',
      ],
    };
  }
  const missing: string[] = [];
  if (coverage.daysWithUse < SUFFICIENT.daysWithUse) {
    missing.push(`Usage is recorded for ${coverage.daysWithUse} of the ${SUFFICIENT.daysWithUse} days a plan needs.`);
  }
  if (coverage.calls < SUFFICIENT.calls) {
    missing.push(`${coverage.calls} calls are recorded; a plan needs ${SUFFICIENT.calls}.`);
  }
  return { verdict: missing.length === 0 ? 'sufficient' : 'partial', missing };
}
