/**
 * The exported functions of the files of a folder, with the schemas of their types, by the TypeScript compiler. Nothing
 * of the folder is executed. Errors of types are not looked for: a type that is not found leaves its schema open, and
 * is a problem if nothing has its name.
 *
 * Rules
 * [OF3] A file is directly in the folder and ends with .ts, but not with .d.ts or .test.ts. Whatever it exports is an
 *       async function of one object, or a type; anything else is a problem with its file and line, and does not hinder
 *       the other functions.
 * [OF4] A name that two files export is a problem of both, and neither is offered.
 */
import path from 'node:path';
import ts from 'typescript';
import type { FileProblem, OwnFunction } from '../../../flow/connections/own-code';
import { operationNameSchema } from '../../../flow/connections/operation';
import type { JsonSchema } from '../../../flow/json-schema';
import { schemaProblems } from '../../../flow/schema/problems';
import { NoSchema, schemaOfType } from './schema-of-type';
import { readTags, WrongTag } from './tags';

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  // Those that the files import.
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Large, and nobody takes the wire format as an input. */
const UNREAD = /\/node_modules\/@temporalio\/(proto|client)\//;
/** Of the language: they do not change while this process runs. */
const libraries = new Map<string, ts.SourceFile | undefined>();

function hostOf(): ts.CompilerHost {
  const disk = ts.createCompilerHost(OPTIONS);
  const library = ts.getDefaultLibFilePath(OPTIONS).replace(/[^/\\]+$/, '');
  return {
    ...disk,
    getSourceFile: (name, version, ...more) => {
      if (UNREAD.test(name)) return ts.createSourceFile(name, 'export {};', version);
      if (!name.startsWith(library)) return disk.getSourceFile(name, version, ...more);
      if (!libraries.has(name)) libraries.set(name, disk.getSourceFile(name, version, ...more));
      return libraries.get(name);
    },
  };
}

export interface ReadFunctions {
  functions: OwnFunction[];
  problems: FileProblem[];
}

/** `files`: names in the folder. */
export function readFunctions(folder: string, files: readonly string[]): ReadFunctions {
  const program = ts.createProgram(
    files.map((file) => path.join(folder, file)),
    OPTIONS,
    hostOf()
  );
  const checker = program.getTypeChecker();
  const problems: FileProblem[] = [];
  const found: OwnFunction[] = [];
  /** Also those that cannot be offered. */
  const places = new Map<string, { file: string; line: number }[]>();
  for (const file of files) {
    const source = program.getSourceFile(path.join(folder, file));
    const module = source && checker.getSymbolAtLocation(source);
    // A file without exports is none of ours.
    if (!source || !module) continue;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (!(symbol.flags & ts.SymbolFlags.Value)) continue;
      const name = exported.getName();
      const line = lineOf(exported, source);
      // Another name would not help a default export.
      if (name !== 'default') places.set(name, [...(places.get(name) ?? []), { file, line }]);
      const own = read(name, symbol, { file, line });
      if (typeof own === 'string') problems.push({ file, line, message: own });
      else {
        found.push(own);
        for (const missing of missingTypes(symbol, checker)) {
          const message = `'${name}': there is no type '${missing}'. What has this type is not checked.`;
          problems.push({ file, line, message });
        }
      }
    }
  }
  for (const [name, [first, ...others]] of places) {
    if (!first || others.length === 0) continue;
    const all = [first, ...others];
    for (const here of all) {
      const there = all.find((each) => each !== here)!;
      const message = `'${name}' is exported by ${there.file} (line ${there.line}) too. Give one of them another name.`;
      problems.push({ ...here, message });
    }
  }
  const unique = found.filter(({ name }) => places.get(name)?.length === 1);
  return checkedTogether(unique, problems);

  /** Why it cannot be an operation, as a sentence. */
  function read(name: string, symbol: ts.Symbol, at: { file: string; line: number }): OwnFunction | string {
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    const type = declaration ? checker.getTypeOfSymbolAtLocation(symbol, declaration) : undefined;
    const [signature, ...overloads] = type?.getCallSignatures() ?? [];
    if (!signature || !declaration || name === 'default')
      return name === 'default'
        ? 'A default export has no name. Export the function by its name.'
        : `'${name}' is exported and is no function. Only async functions and types are exported here.`;
    if (!operationNameSchema.safeParse(name).success)
      return `'${name}' cannot be the name of an operation: letters and digits, beginning with a small letter.`;
    if (overloads.length > 0) return `'${name}' has overloads. An operation has one input and one output.`;
    const returned = signature.getReturnType();
    if (/^(Async)?(Generator|Iterator|IterableIterator)$/.test(returned.getSymbol()?.getName() ?? ''))
      return `'${name}' gives many values, one after the other. Make it an async function that returns one of them, or a list.`;
    const output = checker.getAwaitedType(returned) ?? returned;
    if (output === returned && !(returned.flags & ts.TypeFlags.Any))
      return `'${name}' returns no Promise. Make it an async function.`;
    try {
      const tags = signature.getJsDocTags().map((tag) => ({ name: tag.name, text: ts.displayPartsToString(tag.text) }));
      const description = ts.displayPartsToString(signature.getDocumentationComment(checker)).trim();
      const said = readTags(name, description || documented(symbol), tags.length > 0 ? tags : tagsOf(symbol));
      const input = inputOf(name, signature, declaration);
      const schemas = { input, output: schemaOfType(output, checker, 'output') };
      for (const field of [said.keyField, said.forwardKeyField]) {
        if (field === undefined) continue;
        if (schemas.input.properties?.[field]?.type !== 'string')
          return `'${name}' has no field '${field}' of type string in its argument, which the key could be put into.`;
        schemas.input = without(schemas.input, field);
      }
      for (const which of ['input', 'output'] as const)
        for (const { message, fix } of schemaProblems(schemas[which])) return `'${name}', ${which}: ${message} ${fix}`;
      return { name, ...at, ...said, ...schemas };
    } catch (error) {
      if (error instanceof NoSchema || error instanceof WrongTag) return `'${name}': ${error.message}`;
      throw error;
    }
  }

  function documented(symbol: ts.Symbol): string {
    return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  }

  function tagsOf(symbol: ts.Symbol) {
    return symbol.getJsDocTags(checker).map((tag) => ({ name: tag.name, text: ts.displayPartsToString(tag.text) }));
  }

  function inputOf(name: string, signature: ts.Signature, place: ts.Node): JsonSchema {
    const [argument] = signature.getParameters();
    if (!argument) return { type: 'object', properties: {} };
    const type = checker.getTypeOfSymbolAtLocation(argument, place);
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return { type: 'object', additionalProperties: true };
    const schema = schemaOfType(type, checker, 'input');
    if (schema.type !== 'object')
      throw new NoSchema(`its first argument is no object. Write ${name}(input: { … }): a step fills in its fields.`);
    return schema;
  }
}

/** The names in the types of a function that nothing has. The types that it refers to are not searched. */
function missingTypes(symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const found = new Set<string>();
  const declaration = symbol.valueDeclaration;
  const value = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : declaration;
  if (!value || !ts.isFunctionLike(value)) return [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node) && !checker.getSymbolAtLocation(node.typeName)?.declarations?.length)
      found.add(node.typeName.getText().slice(0, 100));
    ts.forEachChild(node, visit);
  };
  for (const node of [...value.parameters, value.type]) if (node) visit(node);
  return [...found];
}

/** Undo and look-up name functions that there are, with an effect that has one. */
function checkedTogether(functions: OwnFunction[], problems: FileProblem[]): ReadFunctions {
  const all = new Map(functions.map((each) => [each.name, each]));
  const isRight = (own: OwnFunction): boolean => {
    const report = (message: string) => {
      problems.push({ file: own.file, line: own.line, message: `'${own.name}': ${message}` });
      return false;
    };
    for (const [tag, related] of [
      ['undo', own.undo],
      ['lookup', own.lookup],
    ] as const) {
      if (!related) continue;
      const target = all.get(related.function);
      if (related.function === own.name) return report(`@${tag} names the function itself.`);
      if (!target) return report(`@${tag} names '${related.function}', which no file of the folder exports.`);
      if (tag === 'lookup' && target.output.properties?.applied?.type !== 'boolean')
        return report(`@lookup names '${related.function}', which does not return { applied: boolean }.`);
    }
    if (own.lookup && own.effect === 'none') return report('without an effect there is nothing to @lookup.');
    return true;
  };
  return { functions: functions.filter(isRight), problems };
}

function without(schema: JsonSchema, field: string): JsonSchema {
  const { [field]: _, ...properties } = schema.properties ?? {};
  const { required: before = [], ...rest } = schema;
  const required = before.filter((each) => each !== field);
  return { ...rest, properties, ...(required.length > 0 ? { required } : {}) };
}

function lineOf(symbol: ts.Symbol, source: ts.SourceFile): number {
  const declaration = symbol.declarations?.find((each) => each.getSourceFile() === source) ?? symbol.declarations?.[0];
  if (!declaration) return 1;
  const file = declaration.getSourceFile();
  return file.getLineAndCharacterOfPosition(declaration.getStart(file)).line + 1;
}
