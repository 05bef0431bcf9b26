/** Shared types of the platform, and the few values that must have exactly one owner. */
export * from './errors';
export * from './clock';
export * from './deadline';
export * from './breaker';
export * from './fair-turns';
export * from './retries';
export * from './random';
export * from './id';
export * from './tenant-context';
export * from './money';
export * from './thread-event';
export * from './transactions';
export * from './durable-store';
export * from './observing';
export * from './problem';
export * from './text';
export * from './thread-dependents';
