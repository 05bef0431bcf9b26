/** Plugins run in this order: check the words, start what is needed, record, judge, and publish. */
const plugin = ['gate', 'services', 'record', 'living-docs', 'ledger'].map((name) => `./support/plugins/${name}.mts`);

const suite = {
  requireModule: [require.resolve('./support/typescript/register.js')],
  require: ['support/*.ts', 'step-definitions/**/*.ts'],
  parallel: 2,
  order: 'random',
  publish: false,
};

module.exports = {
  default: { ...suite, plugin },
  /** For `npm run prove`: services are already there, and nothing is recorded or judged but kills. */
  proof: { ...suite, parallel: 0, order: 'defined' },
  /** The same in the copy that defects are put into, where all is compiled. */
  'proof-compiled': {
    require: ['support/*.js', 'step-definitions/**/*.js'],
    parallel: 0,
    order: 'defined',
    publish: false,
  },
};
