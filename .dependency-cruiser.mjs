/** The import rules of the architecture (engine/README.md): who may know whom. Checked by CI. */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two files that need each other are one file, or lack a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-circle-of-types',
      comment:
        'Also types: two files that name each other are read together. Left out: nodes contain nodes (flow/nodes), a command is performed ' +
        'on the decision that it belongs to (history), what a composition is made of names what it needs of it (app/_server), the shape ' +
        'of the saga library is part of published bundles (saga).',
      severity: 'error',
      from: { pathNot: '^(engine/(flow/nodes|history|saga)/|app/_server/)' },
      to: { circular: true },
    },
    {
      name: 'engine-knows-no-app',
      comment: 'The engine runs without the web.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'pure-parts-do-no-io',
      comment: 'flow, run-view, compiler, history, visibility and permissions decide; others do.',
      severity: 'error',
      from: {
        path: '^engine/(flow|run-view|compiler|history|visibility|permissions)/',
        pathNot: '(\\.test\\.ts|/testing/[^/]*\\.ts|saga-sources\\.ts)$',
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'concrete-stores-in-composition-roots',
      comment: 'Only composition roots and tests name a concrete store.',
      severity: 'error',
      from: {
        path: '^engine/',
        pathNot: '(^engine/store/|^engine/launcher/|^engine/bench/|^engine/crash-test/|\\.test\\.ts$|/testing/)',
      },
      to: { path: '^engine/store/(memory|postgres)' },
    },
    {
      name: 'nothing-knows-the-processes',
      comment:
        'A process is put together of several parts of the engine, which know only the messages that it sends. So no part ' +
        'knows, through the process that it starts, a part above it.',
      severity: 'error',
      from: { pathNot: '(^engine/processes/|\\.test\\.ts$|/testing/)' },
      to: { path: '^engine/processes/' },
    },
    {
      name: 'nothing-of-the-engine-knows-the-launcher',
      severity: 'error',
      from: {
        path: '^(engine|app|components)/',
        // A command of its own, which reads the database of a product that is not running.
        pathNot:
          '(^engine/(launcher|bench|crash-test)/|^app/_server/audit-trail/check-main\\.ts$|\\.test\\.ts$|/testing/)',
      },
      to: { path: '^engine/launcher/' },
    },
    {
      name: 'concrete-doors-in-composition-roots',
      severity: 'error',
      from: {
        path: '^engine/',
        pathNot:
          '(^engine/service/doors/|^engine/service/start-engine\\.ts|^engine/launcher/|^engine/api/|^engine/differential/(wire|requests)\\.ts|\\.test\\.ts$|/testing/)',
      },
      to: { path: '^engine/service/doors/' },
    },
    {
      name: 'test-engines-prove-their-histories',
      comment:
        'Tests start engines by startTestEngine, which hands every history to history/check and the official replayer.',
      severity: 'error',
      from: { path: '\\.test\\.ts$' },
      to: { path: '^engine/service/start-engine\\.ts', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'components-know-flows-and-runs-alone',
      comment:
        'Of the engine, components import flow (documents), run-view (runs as people see them), permissions, the names of the saga contract, the shapes of trials, and the words of issues.',
      severity: 'error',
      from: {
        path: '^components/',
        pathNot: '^components/designer/inspector/expressions/(language-(worker|answers|messages)|[^/]*\\.test)\\.tsx?$',
      },
      to: {
        path: '^engine/',
        pathNot:
          '^engine/(flow/|run-view/|plain-issue\\.ts|permissions/permissions\\.ts|saga/contract\\.ts|trial/(result|outcome|matrix-cells|compare-matrices|parts)\\.ts)',
      },
    },
    {
      name: 'compiler-in-the-worker-of-expressions-alone',
      comment: 'TypeScript is nine megabytes: of the compiler, a page knows the types of what its worker answers.',
      severity: 'error',
      from: {
        path: '^components/',
        pathNot: '^components/designer/inspector/expressions/(language-(worker|answers)|[^/]*\\.test)\\.tsx?$',
      },
      to: { path: '^engine/compiler/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'editor-of-expressions-is-loaded-when-it-is-used',
      comment: 'CodeMirror comes with the first expression that somebody edits, or the first code that somebody reads.',
      severity: 'error',
      from: {
        path: '^(app|components)/',
        pathNot: '^components/(designer/inspector/expressions/code-|code/code-(view|diff|reading|colours))',
      },
      to: {
        path: '^(components/(designer/inspector/expressions/code-|code/code-(view|diff|reading|colours))|node_modules/@codemirror/)',
        dependencyTypesNot: ['dynamic-import'],
      },
    },
    {
      name: 'components-know-no-server',
      comment: 'What the screens share with the server is app/_contract.',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^app/_server/' },
    },
    {
      name: 'server-knows-no-components',
      severity: 'error',
      from: { path: '^app/_server/', pathNot: '\\.test\\.ts$' },
      to: { path: '^components/' },
    },
    {
      name: 'examples-through-their-registry',
      comment: 'What the web and its screens know of an example is what it registers.',
      severity: 'error',
      from: { path: '^(app|components)/', pathNot: '(\\.test\\.tsx?$|/testing/)' },
      to: { path: '^engine/examples/[^/]+/' },
    },
    {
      name: 'history-knows-the-store-port-alone',
      comment:
        'History decides; of the rest of the engine it names the shapes of the store, of lists, of names and of the protocol.',
      severity: 'error',
      from: { path: '^engine/history/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: {
        path: '^engine/',
        pathNot:
          '^engine/(history/|run-name\\.ts|plain-text\\.ts|store/port\\.ts|visibility/record\\.ts|(proto(-time)?|time-zone)\\.ts)',
      },
    },
    {
      name: 'schedules-decide-only',
      comment:
        'A schedule decides which runs to start; the service starts them, stores the schedule and has the clock.',
      severity: 'error',
      from: { path: '^engine/schedules/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^engine/',
        pathNot: '^engine/(schedules/|history/run-ids\\.ts|(proto(-time)?|time-zone)\\.ts)',
      },
    },
    {
      name: 'service-knows-the-worker-port-alone',
      severity: 'error',
      from: { path: '^engine/service/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '^engine/worker/', pathNot: '^engine/worker/port\\.ts' },
    },
    {
      name: 'saga-library-stands-alone',
      comment: 'The saga library is exported with every flow: it may import the workflow library and itself.',
      severity: 'error',
      from: { path: '^engine/saga/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { pathNot: '^(engine/saga/|node_modules/@temporalio/workflow)' },
    },
    {
      name: 'proto-through-one-door',
      severity: 'error',
      from: { path: '^(engine|app|components)/', pathNot: '^engine/proto\\.ts$' },
      to: { path: 'node_modules/@temporalio/proto', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^prisma/client|^\\.next|^\\.backstitch|engine/compiler/golden|engine/export/template)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
