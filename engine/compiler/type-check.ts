/**
 * Type-checks generated code with the real TypeScript compiler, in memory. Each diagnostic has the node whose lines
 * contain it.
 */
import ts from 'typescript';
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowManifest } from '../flow/manifest';
import { typeWords } from './language/type-words';
import { sagaFolder } from './saga-sources';

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  // Only the language, as in the sandbox: without the DOM, in which `name` and `status` are global, and without Node.
  lib: ['lib.es2023.d.ts'],
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** The declarations of the wire format are nine megabytes, and generated code cannot use them. */
const UNREAD = /\/node_modules\/@temporalio\/proto\//;

type Modules = Readonly<Record<string, string>>;

/** `files`: the modules that the compiler made. */
export function typeCheck(files: Modules, nodes: FlowManifest['nodes']): Diagnostic[] {
  return new TypeChecker().check(files, nodes);
}

/** Keeps the parsed libraries, which take most of the time: for callers that check several flows. */
export class TypeChecker {
  readonly #read = new Map<string, ts.SourceFile>();

  check(files: Modules, nodes: FlowManifest['nodes']): Diagnostic[] {
    return diagnosticsOf(this.checkAll([files])[0]!, nodes);
  }

  /** Checks several workflows at once. Returns their diagnostics in the same order. */
  checkAll(workflows: readonly Modules[], more: ts.CompilerOptions = {}): readonly ts.Diagnostic[][] {
    const saga = sagaFolder();
    const folders = workflows.map((_, index) => `${saga}/__generated-${index}`);
    const files = new Map(
      workflows.flatMap((modules, index) =>
        Object.entries(modules).map(([name, code]) => [`${folders[index]}/${name}`, code] as const)
      )
    );
    const options = { ...OPTIONS, ...more, paths: { '@backstitch/saga': [`${saga}/index.ts`] } };
    const disk = ts.createCompilerHost(options);
    const host = inMemoryOver({ ...disk, getSourceFile: this.#remembering(disk) }, files, new Set(folders));
    const program = ts.createProgram([...files.keys()], options, host);
    return folders.map((folder) =>
      [...files.keys()]
        .filter((name) => name.startsWith(`${folder}/`))
        .map((name) => program.getSourceFile(name))
        .flatMap((source) => [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)])
    );
  }

  #remembering(disk: ts.CompilerHost): ts.CompilerHost['getSourceFile'] {
    return (name, ...how) => {
      const source = this.#read.get(name) ?? disk.getSourceFile(name, ...how);
      if (source) this.#read.set(name, source);
      return source;
    };
  }
}

/** Each with the node whose lines contain it. */
export function diagnosticsOf(found: readonly ts.Diagnostic[], nodes: FlowManifest['nodes']): Diagnostic[] {
  return found.map((each) => {
    const { file, start } = each;
    const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
    return {
      code: 'type',
      severity: 'error',
      nodeId: innermost(nodes, line),
      path: [],
      message: typeWords(each),
    };
  });
}

function inMemoryOver(
  disk: ts.CompilerHost,
  files: ReadonlyMap<string, string>,
  folders: ReadonlySet<string>
): ts.CompilerHost {
  return {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    directoryExists: (name) => folders.has(name) || (disk.directoryExists?.(name) ?? true),
    readFile: (name) => files.get(name) ?? disk.readFile(name),
    getSourceFile: (name, version, ...others) => {
      const code = files.get(name) ?? (UNREAD.test(name) ? 'export {};' : undefined);
      return code === undefined
        ? disk.getSourceFile(name, version, ...others)
        : ts.createSourceFile(name, code, version);
    },
  };
}

/** The node with the fewest lines that contains this line. */
function innermost(nodes: FlowManifest['nodes'], line: number): string | null {
  const around = Object.values(nodes).filter(({ lines: [first, last] }) => first <= line && line <= last);
  around.sort((a, b) => a.lines[1] - a.lines[0] - (b.lines[1] - b.lines[0]));
  return around[0]?.id ?? null;
}
