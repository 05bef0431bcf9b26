import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { create } from 'ts-node';

/*
 * Started with the copy of the project that defects are put into as its working folder. A defect in code that runs while a
 * module loads is tried in a process of its own, and every process would translate all sources again. Node prefers the
 * `.js` beside a `.ts`.
 */
const compiler = create({ cwd: join(import.meta.dirname, '..') });
for (const file of globSync('{ssot,platform,world,support,step-definitions}/**/*.ts')) {
  if (file.endsWith('.test.ts')) continue;
  writeFileSync(file.replace(/ts$/, 'js'), compiler.compile(readFileSync(file, 'utf8'), resolve(file)));
}
