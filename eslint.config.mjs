import { globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const DRIVERS = ['pg', 'ioredis', 'ws', 'axios', '@clickhouse/client'].map((name) => ({
  name,
  message: 'A step asks an actor or the World; drivers belong there.',
}));

export default tseslint.config(
  globalIgnores(['node_modules', 'dist', 'reports/output', '.services', '.stryker-tmp', 'coverage']),
  tseslint.configs.recommendedTypeChecked,
  {
    files: ['**/*.ts', '**/*.mts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // `using _lock = ...` holds a thing to the end of its block.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off', // `async` also turns what is thrown into a rejection.
      '@typescript-eslint/no-redundant-type-constituents': 'off', // Named words beside `Json` or `string` are documentation.
      '@typescript-eslint/unbound-method': 'off', // Fastify and Cucumber hand out bound functions as properties.
      '@typescript-eslint/no-floating-promises': [
        'error',
        // node:test awaits these itself.
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['describe', 'it', 'test', 'suite'] },
          ],
        },
      ],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-console': 'off',
    },
  },
  {
    // Names are given by id-manager alone; everything else would be a second, weaker source.
    files: ['ssot/**/*.ts', 'platform/**/*.ts'],
    ignores: ['ssot/id-manager/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'crypto', property: 'randomUUID', message: 'Ask id-manager for a name.' },
        { object: 'Date', property: 'now', message: 'Time is injected: take a Clock.' },
        { object: 'Math', property: 'random', message: 'Randomness is injected: take a Random.' },
      ],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'node:crypto', importNames: ['randomUUID'], message: 'Ask id-manager for a name.' }] },
      ],
    },
  },
  {
    files: ['ssot/kernel/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' }, // The kernel holds the one real clock.
  },
  {
    files: ['step-definitions/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { paths: DRIVERS }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // chai states some outcomes as properties: `expect(list).to.be.empty`.
      '@typescript-eslint/no-unused-expressions': 'off',
    },
  },
  {
    // Configuration files are plain JavaScript outside the TypeScript project.
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
);
