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
      name: 'engine-knows-no-app',
      comment: 'The engine runs without the web.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(app|components)/' },
    },
    {
      name: 'pure-parts-do-no-io',
      comment: 'flow, compiler and history decide; others do.',
      severity: 'error',
      from: { path: '^engine/(flow|compiler|history)/', pathNot: '(\\.test\\.ts|/test-[^/]*\\.ts|/testing/[^/]*\\.ts|type-check-process[^/]*\\.ts|saga-sources\\.ts)$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'concrete-stores-in-composition-roots',
      comment: 'Only composition roots and tests name a concrete store.',
      severity: 'error',
      from: { path: '^engine/', pathNot: '(^engine/store/|^engine/launcher/|^engine/bench/|^engine/sim/crash/|\\.test\\.ts$|/testing/|/test-[^/]*\\.ts$)' },
      to: { path: '^engine/store/(memory|postgres)' },
    },
    {
      name: 'concrete-doors-in-composition-roots',
      severity: 'error',
      from: { path: '^engine/', pathNot: '(^engine/service/doors/|^engine/service/start-engine\\.ts|^engine/launcher/|^engine/worker/versions/|\\.test\\.ts$|/testing/)' },
      to: { path: '^engine/service/doors/' },
    },
    {
      name: 'test-engines-prove-their-histories',
      comment: 'Tests start engines by startTestEngine, which hands every history to history/check and the official replayer.',
      severity: 'error',
      from: { path: '\\.test\\.ts$' },
      to: { path: '^engine/service/start-engine\\.ts', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'components-know-the-flow-alone',
      comment: 'Of the engine, components import flow (documents and projections) and the names of the saga contract.',
      severity: 'error',
      from: { path: '^components/' },
      to: { path: '^engine/', pathNot: '^engine/(flow/|saga/contract\\.ts)' },
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
      to: { path: 'node_modules/@temporalio/proto' , dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^prisma/client|^\\.next|^\\.backstitch|engine/compiler/golden)' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
