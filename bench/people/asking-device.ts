import { randomBytes } from 'node:crypto';
import type { ThreadEvent, ThreadId } from '../../ssot/kernel';
import { ChatDevice } from '../../world/clients/chat-device';
import { Evidence } from '../../world/evidence';
import { HttpClient } from '../../world/clients/http-client';
import { isEnding } from '../../world/clients/event-order';
import type { Member } from './crowd';

const PATIENCE_MS = 150_000;

export interface Asked {
  readonly startMs: number;
  /** To its end, however it ended. */
  readonly answerMs: number;
  readonly isAnswered: boolean;
}

/** A device of somebody who has signed in, on a new thread. */
export async function open(member: Member, url: string): Promise<ChatDevice> {
  const http = new HttpClient(url, member.email, new Evidence(), member.accessToken);
  const { threadId } = await http.require<{ threadId: ThreadId }>('post', '/v1/threads', { title: 'Q3 spend' });
  const device = new ChatDevice('device', member.email, new Evidence());
  await device.connect(url, member.accessToken);
  await device.follow(threadId);
  return device;
}

/** Sends a question and waits for its answer. */
export async function ask(device: ChatDevice): Promise<Asked> {
  const began = performance.now();
  const before = device.story().length;
  const clientMessageId = randomBytes(9).toString('base64url');
  const text = 'How can we cut our AI spending?';
  device.say({ type: 'send_message', threadId: device.shows, clientMessageId, text });
  const fresh = (): readonly ThreadEvent[] => device.story().slice(before);
  await device.until('the start', () => fresh().some(({ type }) => type === 'agent_started'), PATIENCE_MS);
  const startMs = performance.now() - began;
  await device.until('the answer', () => fresh().some(isEnding), PATIENCE_MS);
  return {
    startMs,
    answerMs: performance.now() - began,
    isAnswered: fresh().some(({ type }) => type === 'agent_completed'),
  };
}
