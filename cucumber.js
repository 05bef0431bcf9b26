/** Plugins run in this order: check the words, start what is needed, record, judge, and publish. */
const plugin = ['gate', 'services', 'record', 'living-docs', 'ledger'].map((name) => `./support/plugins/${name}.mts`);

const suite = {
  requireModule: ['ts-node/register'],
  require: ['support/*.ts', 'step-definitions/**/*.ts'],
  parallel: 2,
  order: 'random',
  publish: false,
};

module.exports = {
  default: { ...suite, plugin },
  /** For `npm run prove`: services are already there, and nothing is recorded or judged but kills. */
  proof: { ...suite, parallel: 0, order: 'defined' },
};
