import type { Report } from '../../../ssot/agent-registry';
import type { ThreadEvent } from '../../../ssot/kernel';

/** Events one line each, as a reader would tell them, without ids and times. */
export function transcriptOf(events: readonly ThreadEvent[]): readonly string[] {
  const tools = new Map<string, string>();
  return events.map((event) => {
    switch (event.type) {
      case 'user_message':
        return `question: ${event.data.text} (${event.data.waiting} ahead)`;
      case 'agent_started':
        return `${event.agent} starts on: ${event.data.question}`;
      case 'agent_thinking':
        return `${event.agent}: ${event.data.note}`;
      case 'tool_executing':
        tools.set(event.data.callId, event.data.tool);
        return `${event.agent} asks ${event.data.tool}`;
      case 'tool_completed':
        return `${event.agent} hears from ${tools.get(event.data.callId)}: ${event.data.outcome}`;
      case 'agent_completed':
        return `${event.agent} answers`;
      case 'agent_failed':
        return `${event.agent} fails: ${event.data.code}`;
      case 'agent_cancelled':
        return `${event.agent ?? 'nobody'} stops`;
    }
  });
}

/** A report line by line: every figure of it. */
export function reportLines(report: Report): readonly string[] {
  const money = (sum: Report['spend']): string => (sum === null ? 'unknown' : `${plain(sum.amount)} ${sum.currency}`);
  return [
    `question: ${report.question}`,
    `period: ${report.period.from} to ${report.period.to}`,
    `data: ${report.verdict}${report.preliminary ? ', preliminary' : ''}`,
    `calls: ${report.calls}`,
    `spend: ${[report.spend, ...report.spendInOtherCurrencies].map(money).join(', ')}`,
    `savings: ${money(report.savings)}`,
    ...report.findings.map(
      (one) =>
        `found: ${one.rule}, ${one.calls} calls of ${one.feature} to ${one.provider} ${one.model}${one.smaller === undefined ? '' : ` (${one.smaller} would do)`}, ${money(one.spend)}, saves ${money(one.saving)}, ${one.basis}`,
    ),
    ...report.byModel.map((one) => `model: ${one.provider} ${one.model}, ${one.calls} calls, ${money(one.spend)}`),
    ...report.unpriced.map((one) => `without a price: ${one}`),
    ...report.actions.map((one) => `action ${one.place}: ${one.action} (${one.rule}, ${money(one.saving)})`),
    ...report.missing.map((one) => `missing: ${one}`),
    `prices: ${report.prices ?? 'none'}`,
  ];
}

/** `12.500000000000` reads 12.5. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

export function thoughtsIn(events: readonly ThreadEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'agent_thinking' ? [event.data.note] : []));
}

interface ToolCall {
  readonly tool: string;
  readonly input: unknown;
  readonly outcome: string | undefined;
  readonly result: unknown;
  readonly more: boolean | undefined;
}

/** Each tool call as the events show it, with its result when it has one. */
export function toolCallsIn(events: readonly ThreadEvent[]): readonly ToolCall[] {
  const results = new Map(
    events.flatMap((event) => (event.type === 'tool_completed' ? [[event.data.callId, event.data] as const] : [])),
  );
  return events.flatMap((event) => {
    if (event.type !== 'tool_executing') return [];
    const { tool, input, callId } = event.data;
    const { outcome, summary: result, more } = results.get(callId) ?? {};
    return [{ tool, input, outcome, result, more }];
  });
}
