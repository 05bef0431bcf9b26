import { PlatformError, type RunId } from '../../kernel';
import { AgentError } from '../errors';

/** What nobody outside should read is told as a plain sentence; the reference leads operators to the details. */
export function withReference(runId: RunId, cause: unknown): AgentError {
  const message = `Something went wrong on our side; our reference is ${runId}.`;
  return new AgentError('agent_threw', message, { cause });
}

/** What the customer is told of a tool's failure; the details are the cause, for the logs. */
export function toPublicError(error: unknown, runId: RunId): PlatformError {
  if (error instanceof AgentError || isStoreAway(error)) return error as PlatformError;
  const { code, retryable } = Object(error) as Partial<PlatformError>;
  if (code === 'analytics_limit') {
    return new AgentError('tool_timeout', 'There is too much usage to read at once. Ask about a shorter period.', {
      cause: error,
    });
  }
  if (retryable === true || code === 'analytics_closed') {
    return new AgentError('usage_unavailable', 'Your usage data cannot be read right now. Ask again in a moment.', {
      cause: error,
    });
  }
  return withReference(runId, error);
}

/** PostgreSQL does not answer, or nobody knows whether it took a write: only the next attempt can tell. */
export function isStoreAway(error: unknown): boolean {
  if (!(error instanceof PlatformError) || !error.code.startsWith('database_')) return false;
  return error.retryable || error.code === 'database_commit_unknown';
}

export function isOrphaned(error: unknown): boolean {
  return error instanceof PlatformError && error.code === 'thread_not_found';
}
