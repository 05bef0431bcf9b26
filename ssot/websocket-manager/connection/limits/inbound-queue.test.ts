import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { eventually } from '../../../../world/eventually';
import { systemClock } from '../../../kernel';
import { InboundQueue } from './inbound-queue';

void test('WS-10 what fails while a message is read is told to its device, and the next one is handled', async () => {
  const socket = Object.assign(new EventEmitter(), { pause: () => undefined, resume: () => undefined });
  const told: unknown[] = [];
  const handler = {
    isOpen: true,
    handle: ({ type }: { type: string }) => Promise.resolve(void told.push(type)),
    sendError: (error: unknown) => void told.push(String(error)),
    closeWith: assert.fail,
  };
  new InboundQueue(socket as unknown as WebSocket, systemClock, handler, Promise.resolve());
  const failing = Object.defineProperty(Buffer.from('{"type":"ping"}'), 'length', {
    get: () => {
      throw new Error('cannot be read');
    },
  });
  socket.emit('message', failing, false);
  socket.emit('message', Buffer.from('{"type":"ping"}'), false);
  await eventually(() => assert.deepEqual(told, ['Error: cannot be read', 'ping']));
});
