import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/*
 * One of the processes of `npm run test:modules`: loads all its test files, with its stores in the environment. It goes with
 * the one that has started it, however that ends.
 */
process.on('disconnect', () => process.exit(1));
process.channel?.unref(); // Only the tests decide how long it stays.

const load = createRequire(__filename);
for (const file of process.argv.slice(2)) load(resolve(file));
