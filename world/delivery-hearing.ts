import type { Id, ThreadId } from '../ssot/kernel';
import { readClientMessage } from '../ssot/websocket-manager';
import { LEFT_OUT } from './delivery-rules';

type Names = { next<K extends 'thread' | 'run'>(kind: K): Id<K> };

/** What a device says, and how it is understood, without any line. */
export class Hearing {
  refusal: { code: string; message: string; field?: string; ref?: string } | null = null;
  said: object = {};
  understood: object | null = null;

  constructor(private readonly names: Names) {}

  hear(message: string | Buffer): void {
    const isBinary = Buffer.isBuffer(message);
    const data = isBinary ? message : Buffer.from(message.replace('$THREAD', this.names.next('thread')));
    const heard = readClientMessage(data, isBinary);
    if ('message' in heard) {
      this.understood = heard.message;
      return;
    }
    const { refused, ...more } = heard;
    const { code, message: words, field } = refused;
    this.refusal = { code, message: words, ...(field === undefined ? {} : { field }), ...more };
  }

  hearGood(type: string): void {
    this.said = this.good(type);
    this.hear(JSON.stringify(this.said));
  }

  /** A good message with one field set to a value, or left out. */
  hearWith(type: string, field: string, value: unknown): void {
    const message: Record<string, unknown> = { ...this.good(type), [field]: value };
    if (value === LEFT_OUT) delete message[field];
    this.hear(JSON.stringify(message));
  }

  /** A message of this type that is as it should be. */
  good(type: string, threadId: ThreadId = this.names.next('thread')): object {
    const more: Readonly<Record<string, object>> = {
      subscribe: { threadId, afterSeq: 0 },
      unsubscribe: { threadId },
      send_message: { threadId, clientMessageId: 'c-1', text: 'Why so much?' },
      cancel_run: { runId: this.names.next('run') },
      renew: { token: 'a-token' },
    };
    return { type, ref: 'm-1', ...more[type] };
  }
}
