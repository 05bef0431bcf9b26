// @ts-check
const { basename } = require('node:path');

/** @type {import('@swc/core').Options} */
const OPTIONS = {
  swcrc: false,
  sourceMaps: 'inline',
  inlineSourcesContent: false,
  // `import()` stays as it is written.
  module: { type: 'commonjs', strictMode: true, ignoreDynamic: true },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', dynamicImport: true },
    transform: { useDefineForClassFields: true },
    keepClassNames: true,
  },
};

/**
 * JavaScript (CommonJS) of one file, with a source map that names the file beside which it stands. Types are not checked.
 *
 * @param {string} text
 * @param {string} path
 * @returns {string}
 */
exports.compile = (text, path) => {
  // Loaded here, because it is large and what is cached needs no compiler.
  /** @type {typeof import('@swc/core')} */
  const { transformSync } = require('@swc/core');
  return transformSync(text, { ...OPTIONS, filename: path, sourceFileName: basename(path) }).code;
};

/** What else decides how the JavaScript of a text reads. */
exports.WAY = JSON.stringify([OPTIONS, require('@swc/core/package.json').version]);
