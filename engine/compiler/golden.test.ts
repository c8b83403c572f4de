/**
 * Golden cases, one for each thing that can be drawn (testing/golden-case.ts says what a case is made of).
 *
 * Rules
 * [GO1] A flow gives the code that is kept, and the same bytes when it is compiled again.
 * [GO2] The code type-checks strictly, with no name that is not used.
 * [GO3] The code passes the project's strict lint, which allows no `any`.
 * [GO4] The code of a node contains its id, and its title if that says more.
 * [GO5] The code runs as it was drawn. The histories are proved at the end, by history/check and the official replayer.
 */
import { ESLint } from 'eslint';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NODE_KINDS } from '../flow/nodes/table';
import { provesHistories, type WorkflowSource } from '../history/testing/proof';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { titled } from './emit/print';
import { compileFlow, goldenNames, readGolden, SAGA_ALIAS, sagaModules } from './testing/golden-case';
import { runGolden } from './testing/golden-run';
import { TypeChecker } from './type-check';

const folderOf = (name: string, child: number) => (child === 0 ? name : `${name}-child-${child}`);
const cases = await Promise.all(goldenNames().map(readGolden));

/** All cases in one bundle, so that it is made once for our sandbox and once for the official replayer. */
const source = {
  entry: 'cases.ts',
  modules: {
    ...sagaModules,
    ...Object.fromEntries(
      cases.flatMap(({ name, compiled, children }) =>
        [compiled, ...children].flatMap((each, at) =>
          Object.entries(each.files).map(([file, code]) => [`${folderOf(name, at)}/${file}`, code])
        )
      )
    ),
    'cases.ts': cases
      .flatMap(({ name, compiled, children }) =>
        [compiled, ...children].map(
          ({ manifest }, at) => `export { ${manifest?.workflowType} } from './${folderOf(name, at)}/workflow';`
        )
      )
      .join('\n'),
  },
  alias: SAGA_ALIAS,
} satisfies WorkflowSource;
provesHistories(source);

let worker: EmbeddedWorker;
let types: ReturnType<TypeChecker['checkAll']>;
/** Titles and notes in comments are written by people. */
const eslint = new ESLint({ overrideConfig: { rules: { 'backstitch/plain-words': 'off' } } });
beforeAll(async () => {
  const bundle = await bundleWorkflows(source);
  worker = createEmbeddedWorker({ bundles: { find: () => bundle, onChange: () => () => {} } });
  types = new TypeChecker().checkAll(
    cases.map(({ compiled }) => compiled.files),
    { noUnusedLocals: true, noImplicitReturns: true, allowUnreachableCode: false }
  );
}, 120_000);
afterAll(() => worker.close());

it('there is a case for every kind of node', () => {
  const drawn = new Set(
    cases.flatMap(({ compiled }) => Object.values(compiled.manifest?.nodes ?? {}).map(({ kind }) => kind))
  );
  expect([...drawn].sort()).toEqual([...NODE_KINDS].sort());
});

describe.each(cases.map((each, index) => ({ ...each, index })))(
  '$name',
  ({ flow, flows, compiled, expected, runs, name, index }) => {
    it('[GO1] the code equals the stored code, to the byte', async () => {
      // A hint is no fault of the document.
      expect(compiled.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
      expect(compiled.files).toEqual(expected);
      const again = await compileFlow(structuredClone(flow), flows);
      expect(again.files).toEqual(compiled.files);
      expect(again.manifest).toEqual(compiled.manifest);
    });

    it('[GO2] the code has no type errors', () => {
      expect(types[index]!.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
    });

    it('[GO3] the code has no lint errors', async () => {
      for (const [file, text] of Object.entries(compiled.files)) {
        const [result] = await eslint.lintText(text, { filePath: `engine/compiler/${file}` });
        expect(result!.messages.map(({ line, ruleId, message }) => `${file}:${line} ${ruleId}: ${message}`)).toEqual(
          []
        );
      }
    });

    it('[GO4] the manifest finds each node in the code', () => {
      const lines = compiled.code.split('\n');
      for (const node of Object.values(compiled.manifest!.nodes)) {
        const own = lines.slice(node.lines[0] - 1, node.lines[1]).join('\n');
        const titles = [`// ${node.title}`, `title: '${node.title}'`];
        if (titled(node.title, node.id) !== '') expect(titles.filter((title) => own.includes(title))).not.toEqual([]);
        expect(own).toContain(`'${node.id}'`);
      }
      expect(compiled.code).not.toContain('//@');
    });

    it.each(runs.map((run, number) => ({ ...run, number })))('[GO5] $name', async (run) => {
      const ids = { runKey: index * 100 + run.number + 1, workflowId: `${name}-${run.number}` };
      const { run: under, ...outcome } = await runGolden(worker, compiled.manifest!.workflowType, run, ids);
      const { queries = {}, ...expectation } = run.expect;
      expect(under.failures).toEqual([]);
      expect(outcome).toMatchObject(expectation);
      expect(outcome.trace).toEqual(expectation.trace);
      for (const [query, answer] of Object.entries(queries)) expect(await under.query(query)).toEqual(answer);
    });
  }
);
