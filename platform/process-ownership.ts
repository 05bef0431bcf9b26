import { ownProcess } from '../ssot/lifecycle-manager';
import { createLogger } from './logging/logging';

// Imported before the heavy parts, so that a signal in the first instant of the process is kept and obeyed.
export const log = createLogger(process.env['LOG_LEVEL'] ?? 'info');
export const owner = ownProcess(process, log);
