// @ts-check
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { enableCompileCache, registerHooks, setSourceMapsSupport } = require('node:module');
const { join, resolve } = require('node:path');
const { fileURLToPath } = require('node:url');
const { compile, WAY } = require('./compile');

/*
 * `node --require <this>` reads TypeScript. What a text compiles to is kept under the text's own hash, so a changed file is
 * compiled again and an unchanged one never; V8's form of it is kept by Node.js. Plain JavaScript, because it comes first.
 */
const CACHE = resolve(__dirname, '../../node_modules/.cache/typescript');

/**
 * @param {string} path
 * @returns {string}
 */
function compiled(path) {
  const text = readFileSync(path, 'utf8');
  const meaning = JSON.stringify([WAY, path, text]);
  const kept = join(CACHE, `${createHash('sha256').update(meaning).digest('hex')}.js`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const code = compile(text, path);
    // Others may be writing the same: whoever is last replaces it by its equal, and nobody reads half of it.
    const own = `${kept}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, kept);
    return code;
  }
}

mkdirSync(CACHE, { recursive: true });
enableCompileCache();
setSourceMapsSupport(true, { nodeModules: false });
// For the search: `./file` finds `file.ts`, unless there is a `file.js`.
require.extensions['.ts'] = require.extensions['.js'];
registerHooks({
  load(url, context, next) {
    if (!url.endsWith('.ts') || url.includes('/node_modules/')) return next(url, context);
    return { format: 'commonjs', source: compiled(fileURLToPath(url)), shortCircuit: true };
  },
});
