const { readdirSync } = require('node:fs');

/** The arrows of the architecture (README, "Architecture"): everything imports downwards, and modules only through their door. */

const FLOORS = [
  ['kernel'],
  // test-runner stands beside the platform and drives the suite; it imports no other module.
  ['id-manager', 'configuration-manager', 'lifecycle-manager', 'test-runner'],
  ['database-manager', 'analytics'],
  ['auth', 'state-manager', 'state-persistence'],
  ['websocket-manager', 'agent-registry'],
];

const homeless = readdirSync('ssot', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !FLOORS.flat().includes(entry.name))
  .map(({ name }) => `ssot/${name}`);
if (homeless.length > 0) {
  throw new Error(
    `${homeless.join(', ')} stands on no floor, so nothing says what it may import. Add it to FLOORS in .dependency-cruiser.cjs.`,
  );
}

const oneOf = (names) => `^ssot/(${names.join('|')})/`;

/** A module may import lower floors only; the kernel is below everybody. */
const downwards = FLOORS.map((floor, level) => ({
  name: `floor-${level}-imports-downwards-only`,
  comment: 'Take what lies beside or above as a port and let platform/ wire it.',
  severity: 'error',
  from: { path: `^ssot/(${floor.join('|')})/`, pathNot: '\\.test\\.ts$' },
  to: { path: oneOf(FLOORS.slice(level).flat()), pathNot: '^ssot/$1/' },
}));

const layer = (name, from, to) => ({
  name,
  comment: 'Arrows point one way: features -> step-definitions -> world -> platform -> ssot.',
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$' },
  to: { path: to },
});

module.exports = {
  forbidden: [
    ...downwards,
    {
      name: 'through-the-door',
      comment: "A module's inside is private; import its index.ts.",
      severity: 'error',
      from: { path: '^(ssot/[^/]+|platform|world|support|step-definitions|reports|proof|bench|soak)/' },
      to: {
        path: '^ssot/[^/]+/.+',
        pathNot: ['^ssot/[^/]+/index\\.ts$', '^$1/', '^ssot/analytics/prices/.*\\.json$'],
      },
    },
    layer('ssot-knows-nothing-above', '^ssot/', '^(platform|world|support|step-definitions|reports|proof|bench|soak)/'),
    layer('platform-knows-nothing-above', '^platform/', '^(world|support|step-definitions|reports|proof|bench|soak)/'),
    layer('world-knows-no-steps', '^world/', '^(support|step-definitions|reports|proof|bench|soak)/'),
    {
      name: 'steps-know-the-world-alone',
      comment: 'A step asks an actor or the World; a module or a driver inside a step hides the sentence.',
      severity: 'error',
      from: { path: '^step-definitions/' },
      to: { path: '^(platform|ssot)/', pathNot: '^ssot/kernel/index\\.ts$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(ssot|platform|reports|support)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-test-parts-in-the-product',
      severity: 'error',
      from: { path: '^(ssot|platform)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|reports/output|dist|\\.stryker-tmp)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
