/** Threads, their stories, and the live lines on which people watch them. */
export * from './contract';
export { ChatError, CHAT_CODES, type ChatCode } from './errors';
export { createThreads } from './threads';
export { createThreadLog } from './thread-log';
export { createAnnouncements } from './announcements';
export { createGateway } from './gateway';
export { createNotReadyHandler } from './upgrade-handler';
export { storyNext, type Story, type StoryError } from './story';
export { cursorNext, type Cursor, type CursorAction, type CursorSignal } from './cursor';
export { clientMessage, readClientMessage } from './client-message';
export { MAX_MESSAGE, plainText, threadTitle } from './plain-text';
export { serverMessages, THREAD_CHANGES, type ControlData, type ControlType } from './server-message';
export { CLOSE } from './close-codes';
export { mayBecome, type LineState } from './line-state';
export { assertTravels } from './event-schema';
export { chatSchemaChanges } from './schema-changes';
