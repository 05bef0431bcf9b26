/** Threads, their numbered events, and the live connections on which people watch them. */
export * from './contract';
export { createThreads } from './threads/threads';
export { chatCustomerData } from './threads/customer-data';
export { startThreadArchiving } from './threads/retention/thread-archiving';
export { startThreadRetention } from './threads/retention/thread-retention';
export { createThreadLog } from './threads/log/thread-log';
export { createThreadNotifier } from './delivery/thread-notifier';
export { createGateway } from './gateway';
export { createNotReadyHandler } from './admission/upgrade-handler';
export { clientMessage } from './protocol/client-message';
export { MAX_MESSAGE, plainText, threadTitle } from './protocol/plain-text';
export { serverMessages, THREAD_CHANGES, type ControlData, type ControlType } from './protocol/server-message';
export { CLOSE } from './protocol/close-codes';
export { chatSchemaChanges } from './schema-changes';
