/** Why a line was closed. */
export const CLOSE = {
  not_authenticated: 4401,
  not_allowed: 4403,
  idle: 4408,
  restarting: 1012,
  overloaded: 1013,
} as const;
export type CloseReason = keyof typeof CLOSE;
