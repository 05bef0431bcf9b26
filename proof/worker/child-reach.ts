import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstrumenterContext } from '@stryker-mutator/api/core';
import { REACH_FILE } from './protocol';

/*
 * Loaded first (NODE_OPTIONS) in every process that a worker or its checks start: writes down which mutants were reached
 * there. Written at short intervals and not at the end alone, because scenarios kill processes.
 */
const INTERVAL_MS = 100;
const file = process.env[REACH_FILE];
const shared = globalThis as { __stryker__?: InstrumenterContext };

if (file !== undefined && process.argv[1] !== join(__dirname, 'worker.js')) {
  const hits: Record<string, number> = {};
  const told = new Set<string>();
  shared.__stryker__ = { mutantCoverage: { static: hits, perTest: {} } };
  const tell = (): void => {
    const news = Object.keys(hits).filter((mutant) => !told.has(mutant));
    if (news.length === 0) return;
    for (const mutant of news) told.add(mutant);
    appendFileSync(file, `${news.join('\n')}\n`);
  };
  setInterval(tell, INTERVAL_MS).unref();
  process.on('exit', tell);
}
