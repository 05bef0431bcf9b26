import { pino } from 'pino';
import type { Logger } from '../ssot/kernel';

const SECRETS = ['authorization', 'password', 'token', 'accessToken', 'refreshToken', 'access', 'refresh', 'secret'];

/** JSON lines on standard output, written at once, so that the last line of a process is not lost. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers["${name}"]`]),
      censor: '[secret]',
    },
  });
}
