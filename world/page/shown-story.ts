import type { ThreadEvent } from '../../ssot/kernel';
import type { Report } from '../clients/report';

/**
 * What the page must have written for a stored story, line by line: each question with its thoughts, its readings and
 * its ending, in the order of their numbers, each once.
 */
export function linesOnThePage(story: readonly ThreadEvent[]): readonly string[] {
  const outcomes = new Map(
    story.flatMap((event) => (event.type === 'tool_completed' ? [[event.data.callId, event.data.outcome]] : [])),
  );
  const runs = Map.groupBy(story, ({ runId }) => runId);
  return [...runs.values()].flat().flatMap((event) => {
    switch (event.type) {
      case 'user_message':
        return [`question: ${event.data.text}`];
      case 'agent_thinking':
        return [`thought: ${event.data.note}`];
      case 'tool_executing':
        return [`reading: ${outcomes.get(event.data.callId) ?? 'running'}`];
      case 'agent_completed':
        return linesOf(event.data.report as unknown as Report);
      case 'agent_failed':
        return [`failure: ${event.data.message}`];
      case 'agent_cancelled':
        return ['notice: You stopped this answer before it was finished.'];
      default:
        return [];
    }
  });
}

function linesOf(report: Report): readonly string[] {
  return [`report: ${headlineOf(report)}`, ...rowsOf(report).map((row) => `row: ${row.join(', ')}`)];
}

/** The rows of its first table of models, names and amounts, written from the rule: where the savings are, or else what each cost. */
function rowsOf({ findings, byModel }: Report): readonly (readonly string[])[] {
  if (findings.length === 0) {
    return byModel.map(({ provider, model, spend }) => [model, provider, spend ? amountOf(spend) : 'no price known']);
  }
  return findings.map(({ feature, model, smaller, spend, saving }) => [
    ...[feature, smaller === undefined ? model : `${model} (${smaller} would do)`],
    ...[amountOf(spend), amountOf(saving)],
  ]);
}

function amountOf({ amount, currency }: { readonly amount: string; readonly currency: string }): string {
  return inCents(Number(amount), currency);
}

/** Written from the rule: what was spent or can be saved, as it was asked, or why nothing can be said. Amounts are rounded to cents. */
function headlineOf({ verdict, findings, measures, spend }: Report): string {
  if (verdict === 'insufficient') return 'There is not enough usage for an answer yet';
  if (verdict === 'out_of_scope') return 'No question about AI spending was understood';
  const saved = findings.reduce((total, { saving }) => total + Number(saving.amount), 0);
  const currency = spend?.currency ?? '';
  if (measures[0] === 'savings') {
    return saved === 0 ? 'Nothing worth saving was found' : `You could save ${inCents(saved, currency)}`;
  }
  const spent = `${inCents(Number(spend?.amount), currency)} spent`;
  return saved === 0 ? spent : `${spent}, of which you could save ${inCents(saved, currency)}`;
}

function inCents(amount: number, currency: string): string {
  return `${amount.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}\u00a0${currency}`;
}

/** The kinds of lines that a page has written, in the order in which they first come. */
export function kindsOf(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map((line) => line.split(':')[0] ?? ''))];
}
