const { existsSync } = require('node:fs');

/** Plugins run in this order: check the words, start what is needed, record, judge, and publish. */
const plugins = [
  './support/plugins/gate.mts',
  './support/plugins/services.mts',
  './support/plugins/record.mts',
  './support/plugins/living-docs.mts',
  './support/plugins/ledger.mts',
].filter((path) => existsSync(`${__dirname}/${path.slice(2)}`));

const suite = {
  requireModule: ['ts-node/register'],
  require: ['support/*.ts', 'step-definitions/**/*.ts'],
  parallel: 2,
  order: 'random',
  publish: false,
};

module.exports = {
  default: { ...suite, plugin: plugins },
  /** For `npm run prove`: services are already there, and nothing is recorded or judged but kills. */
  proof: { ...suite, parallel: 0, order: 'defined' },
};
