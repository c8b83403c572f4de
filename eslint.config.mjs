import tseslint from 'typescript-eslint';

/**
 * Words and phrases that readers did not understand on screens, in errors and in comments, each with what to write
 * instead. Text in backticks is code and not checked; neither is a string without white space, which is an identifier.
 */
const UNCLEAR = [
  [/(?<![-'\w])st(?:ands?|ood|anding)\b(?!'| \d)/i, "an effect 'remains' or 'was undone'; a thing 'is' in its place"],
  [/\bnobody (?:knows|can say|can tell)\b/i, "'is unknown'"],
  [/\b(?:breaks?|broke) over\b/i, "'failed'"],
  [/\bbefore it arrived\b/i, 'name the event that came first'],
  [/\bone open \w+ an? \w+\b/i, "'for each'"],
];

const plainWords = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { unclear: "'{{found}}' is not clear to every reader. Write: {{instead}}." },
  },
  create(context) {
    const check = (node, text) => {
      for (const [pattern, instead] of UNCLEAR) {
        const [found] = pattern.exec(text.replace(/`[^`]*`/g, '')) ?? [];
        if (found) context.report({ node, messageId: 'unclear', data: { found, instead } });
      }
    };
    const checkText = (node, text) => /\s/.test(text.trim()) && check(node, text);
    return {
      Program: () =>
        context.sourceCode
          .getAllComments()
          .forEach((comment) => check(comment, comment.value.replace(/\s*\n\s*\*?\s*/g, ' '))),
      Literal: (node) => typeof node.value === 'string' && checkText(node, node.value),
      TemplateElement: (node) => checkText(node, node.value.cooked ?? ''),
      JSXText: (node) => checkText(node, node.value),
    };
  },
};

/**
 * Numbers that JavaScript cannot hold would be rounded without a word: texts from outside are read by `readJson`,
 * payloads of a history by `readPayload`. Files that may parse JSON themselves are listed below, with their reasons.
 */
const NO_ROUNDING = {
  selector: "CallExpression[callee.object.name='JSON'][callee.property.name='parse']",
  message: 'Read data with readJson or readPayload (engine/flow/values/json.ts): JSON.parse rounds long numbers.',
};

/** Numbers of WorkflowExecutionStatus have names, also in tests. */
const NO_STATUS_NUMBER = {
  selector: [
    "BinaryExpression[right.raw=/^[1-7]$/]:matches([left.property.name='status'], [left.name='status'])",
    "CallExpression[callee.property.name=/^to(Be|Equal)$/][arguments.0.raw=/^[1-7]$/][callee.object.arguments.0.property.name='status']",
    "Property[key.name='status'][value.raw=/^[1-7]$/]",
  ].join(', '),
  message: 'Write STATUS.running and so on (engine/run-name.ts).',
};

/** Lists of names have one order (engine/flow/values/name-order.ts). */
const ONE_NAME_ORDER = {
  selector:
    "CallExpression[callee.property.name='localeCompare'], MemberExpression[object.name='Intl'][property.name='Collator']",
  message: 'Compare names with byName (engine/flow/values/name-order.ts).',
};

/** Layout is the formatter's business: `...{ a, b }` and `...[a, b]` only pack lines. */
const noPackingSpread = {
  meta: {
    type: 'layout',
    fixable: 'code',
    messages: { packs: 'Write the properties or items themselves.' },
    schema: [],
  },
  create: (context) => ({
    'ObjectExpression > SpreadElement > ObjectExpression, ArrayExpression > SpreadElement > ArrayExpression'(node) {
      context.report({
        node,
        messageId: 'packs',
        fix(fixer) {
          const inside = context.sourceCode.getText(node).slice(1, -1).trim().replace(/,$/, '');
          return inside === '' ? null : fixer.replaceText(node.parent, inside);
        },
      });
    },
  }),
};

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      '.next',
      '.backstitch',
      'prisma/client',
      'engine/compiler/golden',
      'engine/export/template',
      'next-env.d.ts',
    ],
  },
  ...tseslint.configs.strict,
  {
    plugins: { backstitch: { rules: { 'no-packing-spread': noPackingSpread, 'plain-words': plainWords } } },
    rules: {
      'backstitch/plain-words': 'error',
      'backstitch/no-packing-spread': 'error',
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
      'no-restricted-syntax': ['error', NO_ROUNDING, NO_STATUS_NUMBER, ONE_NAME_ORDER],
    },
  },
  {
    files: [
      // The lossless readers themselves.
      'engine/flow/values/json.ts',
      // A description of a service: its long numbers are limits of schemas, which are numbers of JavaScript.
      'components/connections/read-document.ts',
      // Written by our own programs, and without numbers of anybody's data: settings of a browser, stored secrets,
      // tokens of pages, details of database errors, ids of patches, source maps, addresses, grants of keys and people.
      'components/run-list/use-columns.ts',
      'components/inbox/draft.ts',
      'engine/launcher/**',
      'engine/service/frontend/read.ts',
      'engine/service/frontend/visibility.ts',
      'engine/service/doors/keys.ts',
      'engine/store/postgres/errors.ts',
      'engine/worker/**',
      'engine/api/key-methods.ts',
      'app/_server/people/session.ts',
      // A flow document as it was stored: its door has refused numbers that cannot be held.
      'engine/api/client.ts',
      // Their text is looked through first by `firstInexact`, which refuses such numbers.
      'engine/api/json-field.ts',
      'app/_server/http/handle.ts',
      // Only texts are read from it.
      'engine/activities/http/failure.ts',
      'engine/activities/http/oauth-tokens.ts',
      // The payload is kept as it came; what is read is for lists, whose numbers are double-precision.
      'engine/history/search-attributes.ts',
      // Only texts, and the status of an answer, are read from it.
      'engine/history/error-name.ts',
      'engine/history/event.ts',
      // Programs beside the product, with data of their own.
      'engine/examples/**',
      'engine/crash-test/**',
      'engine/differential/**',
      'engine/bench/**',
      'e2e/**',
      'prisma/**',
      '*.mjs',
      '**/*.test.ts',
      '**/*.test.tsx',
      '**/testing/**',
      '**/test-*.ts',
      // The service and the generator of data of old releases: what they read, they wrote.
      'engine/released/**',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_STATUS_NUMBER, ONE_NAME_ORDER] },
  },
  // The built processes find a file inside a package by its whole name only, while the tests find it without its ending.
  // What runs in the sandbox is bundled.
  {
    files: ['engine/**', 'app/**', 'components/**'],
    ignores: ['engine/worker/sandbox/realm/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(@[^/]+/)?[^./@][^/]*/(lib|dist)/.*(?<!\\.[a-z]+)$',
              allowTypeImports: true,
              message: 'Name the file with its ending.',
            },
          ],
        },
      ],
    },
  },
  // The journeys' own test ends what a journey leaves open.
  {
    files: ['e2e/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@playwright/test',
              importNames: ['test', 'expect'],
              message: "Import it from './product/journey'.",
            },
          ],
        },
      ],
    },
  },
  // Programs speak to a terminal.
  {
    files: [
      'engine/launcher/**',
      '**/main.ts',
      'engine/bench/**',
      'e2e/**',
      'engine/released/make.ts',
      '*.mjs',
      'prisma/*.mjs',
    ],
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
