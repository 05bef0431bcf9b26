import { pino } from 'pino';
import type { Logger } from '../../ssot/kernel';
import { loggedError } from './logged-error';

const SECRETS = ['authorization', 'password', 'token', 'accessToken', 'refreshToken', 'access', 'refresh', 'secret'];

/**
 * JSON lines on standard output, written at once, so that the last line of a process is not lost. They go through
 * `process.stdout`: pino's own destination, asked to flush when a process ends, tries again for ever once nobody reads
 * the pipe any more (sonic-boom 4, EPIPE), and the process never ends. Errors are logged without the data they met.
 */
export function createLogger(level: string, output: NodeJS.WritableStream = process.stdout): Logger {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
    redact: {
      paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.headers["${name}"]`]),
      censor: '[secret]',
    },
  };
  return pino(options, output);
}
