import { PlatformError, type ReachedLimit } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const AGENT_CODES = {
  invalid_question: false,
  /** One name for two messages: the second would be lost unseen. */
  message_id_reused: false,
  /** Foreign and unknown runs read the same. */
  run_not_found: false,
  /** The run has not ended with an answer, so there is nothing to share. */
  report_missing: false,
  /** As many questions of the person, or of the company, wait as the plan allows; `limit` says which. */
  run_queue_full: true,
  /** The company sends more questions at this moment than can be stored. */
  overloaded: true,
  /** It waited for 10 minutes without a free place. */
  run_queue_timeout: true,
  tool_unknown: false,
  tool_not_allowed: false,
  tool_input_invalid: false,
  tool_call_limit: false,
  tool_timeout: true,
  step_timeout: true,
  run_timeout: true,
  usage_unavailable: true,
  agent_threw: false,
  agent_empty_result: false,
  agent_invalid_result: false,
  agent_unavailable: false,
  /** Three instances were lost while they worked on it. */
  run_interrupted: false,
  /** Removed while the run waited or had lost its instance. */
  user_removed: false,
} as const;
export type AgentCode = keyof typeof AGENT_CODES;

interface Details {
  readonly field?: string;
  readonly retryAfterMs?: number;
  readonly limit?: ReachedLimit;
  readonly cause?: unknown;
}

export class AgentError extends PlatformError {
  declare readonly code: AgentCode;

  constructor(code: AgentCode, message: string, more: Details = {}) {
    super({ code, message, retryable: AGENT_CODES[code], ...more });
  }
}

/** The same for a run, or a call of it, that does not exist and for one that is somebody else's. */
export function runNotFound(field = 'runId'): AgentError {
  return new AgentError('run_not_found', 'There is no such run.', { field });
}
