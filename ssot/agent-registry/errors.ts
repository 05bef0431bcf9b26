import { PlatformError } from '../kernel';

/** Every code of this module, and whether the same request may succeed later. */
export const AGENT_CODES = {
  invalid_question: false,
  /** Foreign and unknown runs read the same. */
  run_not_found: false,
  /** 20 questions of one person wait already. */
  run_queue_full: true,
  run_transition_refused: false,
  /** Another instance has taken the run over; nothing of ours is written any more. */
  lease_lost: false,
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
} as const;
export type AgentCode = keyof typeof AGENT_CODES;

export class AgentError extends PlatformError {
  declare readonly code: AgentCode;

  constructor(code: AgentCode, message: string, more: { field?: string; retryAfterMs?: number; cause?: unknown } = {}) {
    super({ code, message, retryable: AGENT_CODES[code], ...more });
  }
}
