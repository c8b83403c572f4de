/** Type-checks generated code with the real TypeScript compiler, in memory. Diagnostics carry the node whose lines they are in. */
import ts from 'typescript';
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';
import { sagaFolder } from './saga-sources';

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: ['node'],
};

export function typeCheck(code: string, nodes: Pick<FlowManifest, 'nodes'>['nodes']): Diagnostic[] {
  const saga = sagaFolder();
  const file = `${saga}/__generated-workflow.ts`;
  const options = { ...OPTIONS, paths: { '@backstitch/saga': [`${saga}/index.ts`] } };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? code : readFile.call(host, name));
  host.getSourceFile = (name, version, ...more) =>
    name === file ? ts.createSourceFile(name, code, version) : getSourceFile.call(host, name, version, ...more);
  const program = ts.createProgram([file], options, host);
  const found = [...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics(program.getSourceFile(file))];
  return found.map(({ messageText, file: source, start }) => {
    const line = source && start !== undefined ? source.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return {
      code: 'type',
      severity: 'error',
      nodeId: innermost(nodes, line),
      path: [],
      message: ts.flattenDiagnosticMessageText(messageText, ' '),
    };
  });
}

/** The node with the fewest lines around this one. */
function innermost(nodes: FlowManifest['nodes'], line: number): string | null {
  const around = Object.values(nodes).filter(({ lines: [first, last] }) => first <= line && line <= last);
  around.sort((a, b) => a.lines[1] - a.lines[0] - (b.lines[1] - b.lines[0]));
  return around[0]?.id ?? null;
}
