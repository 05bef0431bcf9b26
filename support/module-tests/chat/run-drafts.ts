import type { CallId, EventDraft, Id, RunId } from '../../../ssot/kernel';

type Ids = { next<K extends 'event' | 'call' | 'run' | 'user'>(kind: K): Id<K> };

export type DraftName =
  | 'question'
  | 'start'
  | 'thought'
  | `call ${string}`
  | `result ${string}`
  | 'report'
  | 'failure'
  | 'cancellation';

/** The events of one run as its agent hands them in. Each draft is a new event; calls are the same by their letter. */
export class RunDrafts {
  readonly runId: RunId;
  readonly #calls = new Map<string, CallId>();

  constructor(private readonly ids: Ids) {
    this.runId = ids.next('run');
  }

  all(...names: readonly DraftName[]): EventDraft[] {
    return names.map((name) => this.one(name));
  }

  one(name: DraftName, runId = this.runId): EventDraft {
    return { id: this.ids.next('event'), runId, agent: null, ...this.#content(name) } as EventDraft;
  }

  /** A question, a start and so many thoughts less two, each with this note. */
  thoughts(count: number, note = 'comparing model prices'): EventDraft[] {
    const thoughts = Array.from({ length: count - 2 }, () => ({
      ...this.one('thought'),
      data: { step: 'read', note },
    }));
    return [...this.all('question', 'start'), ...(thoughts as EventDraft[])];
  }

  call(letter: string): CallId {
    const known = this.#calls.get(letter) ?? this.ids.next('call');
    this.#calls.set(letter, known);
    return known;
  }

  #content(name: DraftName): Pick<EventDraft, 'type' | 'data'> {
    const [kind = '', letter = ''] = name.split(' ');
    const userId = this.ids.next('user');
    switch (kind) {
      case 'question':
        return { type: 'user_message', data: { text: 'Why so much?', clientMessageId: 'c-1', userId, waiting: 0 } };
      case 'start':
        return { type: 'agent_started', data: { question: 'Why so much?' } };
      case 'thought':
        return { type: 'agent_thinking', data: { step: 'compare', note: 'comparing model prices' } };
      case 'call':
        return { type: 'tool_executing', data: { callId: this.call(letter), tool: 'prices', input: {} } };
      case 'result': {
        const data = { callId: this.call(letter), outcome: 'ok', summary: {}, more: false, tookMs: 3 } as const;
        return { type: 'tool_completed', data };
      }
      case 'report':
        return { type: 'agent_completed', data: { report: { spend: '45.00 USD' } } };
      case 'failure':
        return { type: 'agent_failed', data: { code: 'budget', message: 'It took too long.', retryable: true } };
      default:
        return { type: 'agent_cancelled', data: { userId } };
    }
  }
}
