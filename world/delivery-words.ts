import type { CallId, EventDraft, Id, RunId, UserId } from '../ssot/kernel';

type Names = { next<K extends 'event' | 'call' | 'run' | 'user'>(kind: K): Id<K> };

/** What happens in a run, in the words of the features: `the question, the start, call A, result A, the report`. */
export class RunInWords {
  readonly runId: RunId;
  readonly #calls = new Map<string, CallId>();

  constructor(private readonly names: Names) {
    this.runId = names.next('run');
  }

  /** Everything that was said in these words, in order. `nothing` is nothing. */
  all(words: string): EventDraft[] {
    return words === 'nothing' ? [] : words.split(', ').map((one) => this.one(one));
  }

  one(words: string, runId = this.runId): EventDraft {
    return { id: this.names.next('event'), runId, agent: null, ...this.#said(words) } as EventDraft;
  }

  call(name: string): CallId {
    const known = this.#calls.get(name) ?? this.names.next('call');
    this.#calls.set(name, known);
    return known;
  }

  /** The words for calls by their names. */
  wordsFor(calls: readonly CallId[]): string {
    return [...this.#calls].flatMap(([name, id]) => (calls.includes(id) ? [name] : [])).join(', ') || 'none';
  }

  #said(words: string): Pick<EventDraft, 'type' | 'data'> {
    const [kind = '', name = ''] = words.split(' ');
    if (kind === 'call') {
      return { type: 'tool_executing', data: { callId: this.call(name), tool: 'prices', input: {} } };
    }
    if (kind === 'result') {
      const data = { callId: this.call(name), outcome: 'ok', summary: {}, more: false, tookMs: 3 } as const;
      return { type: 'tool_completed', data };
    }
    const userId: UserId = this.names.next('user');
    switch (words) {
      case 'the question':
        return { type: 'user_message', data: { text: 'Why so much?', clientMessageId: 'c-1', userId, waiting: 0 } };
      case 'the start':
        return { type: 'agent_started', data: { question: 'Why so much?' } };
      case 'a thought':
        return { type: 'agent_thinking', data: { step: 'compare', note: 'comparing model prices' } };
      case 'the report':
        return { type: 'agent_completed', data: { report: { spend: '45.00 USD' } } };
      case 'a failure':
        return { type: 'agent_failed', data: { code: 'budget', message: 'It took too long.', retryable: true } };
      case 'a cancellation':
        return { type: 'agent_cancelled', data: { userId } };
      default:
        throw new Error(`Nothing of a run is called "${words}".`);
    }
  }
}
