import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['node_modules', '.next', '.backstitch', 'prisma/client', 'engine/compiler/golden', 'next-env.d.ts'] },
  ...tseslint.configs.strict,
  {
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // `void` marks a promise that is meant to run on its own; an empty function is a listener that has nothing to do.
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      // An index that was just checked, an attribute that its event type implies: the assertion says so.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // A node's type is an interface that extends what its schema infers: so recursive types have names.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-dynamic-delete': 'off',
      'no-console': ['error', { allow: ['error'] }],
      eqeqeq: 'error',
    },
  },
  // Programs speak to a terminal.
  {
    files: ['engine/launcher/**', '**/main.ts', 'engine/bench/**', 'e2e/**', 'prisma/released/make.ts', '*.mjs', 'prisma/*.mjs'],
    rules: { 'no-console': 'off' },
  },
  // Proto enums and classes are reached through namespaces.
  { files: ['engine/proto.ts'], rules: { '@typescript-eslint/no-namespace': 'off' } },
  // A test states what must be there; reaching for it may assert so.
  {
    files: ['**/*.test.ts', '**/*.test.tsx', '**/testing/**', '**/test-*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  }
);
