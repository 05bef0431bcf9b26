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
        return [`report: ${headlineOf(event.data.report as unknown as Report)}`];
      case 'agent_failed':
        return [`failure: ${event.data.message}`];
      case 'agent_cancelled':
        return ['notice: You stopped this answer before it was finished.'];
      default:
        return [];
    }
  });
}

/** Written from the rule: what to save, or why nothing can be said. Amounts are rounded to cents. */
function headlineOf({ verdict, findings }: Report): string {
  if (verdict === 'insufficient') return 'There is not enough usage for an answer yet';
  if (verdict === 'out_of_scope') return 'This is not a question about AI spending';
  if (findings.length === 0) return 'Nothing worth saving was found';
  const sum = findings.reduce((total, { saving }) => total + Number(saving.amount), 0);
  const text = sum.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  return `You could save ${findings[0]?.saving.currency}\u00a0${text}`;
}

/** The kinds of lines that a page has written, in the order in which they first come. */
export function kindsOf(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map((line) => line.split(':')[0] ?? ''))];
}
