// @ts-check
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { resolve } = require('node:path');

const ROOT = resolve(__dirname, '../..');

/** @type {import('ts-node').Service | undefined} */
let service;

/**
 * JavaScript (CommonJS) of one file, with a source map that names it. ts-node compiles it by swc, as `tsconfig.json` says; types
 * are not checked.
 *
 * @param {string} text
 * @param {string} path absolute
 * @returns {string}
 */
exports.compile = (text, path) => {
  service ??= createService();
  return service.compile(text, path);
};

/** When it is first needed, because ts-node is large and what is cached needs no compiler. */
function createService() {
  /** @type {typeof import('ts-node')} */
  const { create } = require('ts-node');
  const created = create({ cwd: ROOT });
  // It maps stack traces of what it has compiled in this process only; Node.js maps all.
  /** @type {{ uninstall(): void }} */
  const mapping = createRequire(require.resolve('ts-node'))('@cspotcode/source-map-support');
  mapping.uninstall();
  return created;
}

/** What else decides how the JavaScript of a text reads. */
exports.WAY = [
  readFileSync(resolve(ROOT, 'tsconfig.json'), 'utf8'),
  ...['ts-node', '@swc/core', 'typescript'].map(
    (name) => /** @type {string} */ (require(`${name}/package.json`).version),
  ),
];
