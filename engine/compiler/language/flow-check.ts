/**
 * Checks all expressions of a draft, as publishing does, and finds the field of each problem: the browser does it in a
 * worker while somebody draws. The code is what the compiler generates, with a mark before each expression; it is not
 * formatted, since nobody reads it.
 *
 * Rules
 * [FCK1] The code of a flow without errors has a problem here exactly if the type checker of publishing finds one.
 * [FCK2] A problem is at its field: the expression, or the part of an input that has the wrong type.
 * [FCK5] The problem of a misspelt name has the name that was meant, and its place in the expression.
 * [FCK6] A field without a value that a call needs is reported at that field, whatever else is wrong in the draft.
 * [FCK3] It works on every draft. An expression that is not allowed is reported, and is then no obstacle for the
 *        others; code that is wrong for another reason is not this file's business and gives no problems.
 */
import ts from 'typescript';
import type { Catalogue } from '../../flow/catalogue';
import type { Diagnostic } from '../../flow/diagnostic';
import type { FlowDocument } from '../../flow/document';
import { expressionsIn } from '../../flow/expression-names';
import { factsOf } from '../../flow/nodes/table';
import { flowTemplatesOf } from '../../flow/templates';
import { allNodes } from '../../flow/tree';
import { validate } from '../../flow/validate';
import { checkExpressions } from '../check-expressions';
import { checkInputs, INPUT_MISSING } from '../check-inputs';
import { emitModules } from '../emit/module';
import { LIBRARY } from './library';
import { CODE_LIBRARY, SAGA_TYPES, WORKFLOW_TYPES } from './saga-types';
import { meantName, typeWords } from './type-words';

type Path = (string | number)[];
interface Place {
  nodeId: string | null;
  path: Path;
  /** The length of its text. */
  length: number;
}

const LIBRARY_FILE = '/library.d.ts';
const FIXED: Readonly<Record<string, string>> = {
  [LIBRARY_FILE]: `${LIBRARY}${CODE_LIBRARY}`,
  '/saga.d.ts': SAGA_TYPES,
  '/workflow-types.d.ts': WORKFLOW_TYPES,
};
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  noUncheckedIndexedAccess: true,
  noLib: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  types: [],
  paths: { '@backstitch/saga': ['/saga.d.ts'], '@temporalio/workflow': ['/workflow-types.d.ts'] },
};
const ENTRY = '/workflow.ts';

/** Keeps the parsed declarations between two drafts. */
export class FlowLanguage {
  #modules: Readonly<Record<string, string>> = {};
  #version = 0;
  readonly #service = ts.createLanguageService({
    getCompilationSettings: () => OPTIONS,
    getScriptFileNames: () => [LIBRARY_FILE, ENTRY],
    getScriptVersion: (name) => (FIXED[name] === undefined ? String(this.#version) : '0'),
    getScriptSnapshot: (name) => {
      const text = this.#textOf(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => LIBRARY_FILE,
    fileExists: (name) => this.#textOf(name) !== undefined,
    readFile: (name) => this.#textOf(name),
  });

  /** Errors that `validate` does not find. `catalogue`: at least what the flow calls. */
  problems(document: FlowDocument, catalogue: Catalogue): Diagnostic[] {
    const invalid = validate(document, catalogue);
    const refused = checkExpressions(document);
    const inputs = checkInputs(document, catalogue);
    const known = new Set([...invalid, ...refused].map(placeKey));
    const isSound = invalid.length + refused.length + inputs.length === 0;
    const missing = inputs.filter(({ code }) => code === INPUT_MISSING);
    const types = this.#typeProblems(document, catalogue, known, isSound).filter(
      (each) => !known.has(placeKey(each)) && !missing.some((other) => isAround(each, other))
    );
    return [...refused.filter((each) => !invalid.some((other) => isSame(each, other))), ...inputs, ...types];
  }

  #textOf(name: string): string | undefined {
    return FIXED[name] ?? this.#modules[name];
  }

  #typeProblems(
    document: FlowDocument,
    catalogue: Catalogue,
    wrong: ReadonlySet<string>,
    isSound: boolean
  ): Diagnostic[] {
    const marked = withMarks(document, wrong);
    try {
      const { workflow, activities } = emitModules(marked.document, 1, catalogue, NODE_MARKS);
      this.#modules = { [ENTRY]: workflow, ...(activities === null ? {} : { '/activities.ts': activities }) };
      this.#version++;
      const source = this.#service.getProgram()?.getSourceFile(ENTRY);
      const found = this.#service.getSemanticDiagnostics(ENTRY);
      if (!source || this.#service.getSyntacticDiagnostics(ENTRY).length > 0) return [];
      const code = new MarkedCode(source, marked.document, marked.places);
      const problems = found.flatMap((each): Diagnostic[] => {
        const place = code.placeOf(each.start ?? 0);
        // What an unknown activity answers is of no known type.
        if (!isSound && (place === null || OF_UNKNOWN.has(each.code))) return [];
        const message = typeWords(each);
        const { nodeId, path } = place ?? { nodeId: code.nodeAt(each.start ?? 0), path: [] };
        const text = meantName(each);
        const from = text === null ? null : code.offsetOf(each.start ?? 0);
        const instead =
          text === null || from === null ? {} : { instead: { from, to: from + (each.length ?? 0), text } };
        return [{ code: 'type', severity: 'error', nodeId, path, message, ...instead }];
      });
      // Of several values in one expression the same may be wrong: it is said once.
      return [...new Map(problems.map((each) => [JSON.stringify(each), each])).values()];
    } catch {
      // [FCK3] The phases after validation need a document without errors.
      return [];
    }
  }
}

/** 'x' is of type 'unknown'. */
const OF_UNKNOWN = new Set([2571, 18046]);

const placeKey = ({ nodeId, path }: Pick<Diagnostic, 'nodeId' | 'path'>): string => JSON.stringify([nodeId, path]);
/** A name that cannot be read yet is said by validation, in better words. */
const isSame = (a: Diagnostic, b: Diagnostic): boolean => placeKey(a) === placeKey(b) && b.code === 'not-run-yet';
/** That a field is missing is also a wrong type of what it is in. */
const isAround = (a: Diagnostic, b: Diagnostic): boolean =>
  a.nodeId === b.nodeId && a.path.length < b.path.length && a.path.every((part, index) => part === b.path[index]);

/** A letter for private use: no text of a person has it. */
const SIGN = '\uE0B5';
const mark = (index: number): string => `/*${SIGN}${index}*/`;
const MARK = new RegExp(`/\\*${SIGN}(\\d+)\\*/`, 'g');
const NODE_MARKS = {
  begin: (id: string) => `//${SIGN}begin ${id}`,
  end: (id: string) => `//${SIGN}end ${id}`,
};
const NODE_MARK = new RegExp(`//${SIGN}(begin|end) (\\S+)`, 'g');

/** `wrong`: places of expressions that are replaced by a value of any type. */
function withMarks(original: FlowDocument, wrong: ReadonlySet<string>): { document: FlowDocument; places: Place[] } {
  const document = structuredClone(original);
  const places: Place[] = [];
  const put = (root: object, nodeId: string | null, fields: readonly { value: unknown; path: Path }[]) => {
    for (const field of fields)
      for (const { expression, path } of expressionsIn(field.value, field.path)) {
        const text = wrong.has(placeKey({ nodeId, path })) ? 'undefined as any' : expression;
        setExpression(root, path, `${mark(places.length)}${text}`);
        places.push({ nodeId, path, length: text.length });
      }
  };
  put(document, null, flowTemplatesOf(document));
  for (const node of allNodes(document.steps)) put(node, node.id, factsOf(node).templates(node));
  return { document, places };
}

/** An expression is a text, or an object that has only it. */
function setExpression(root: object, path: Path, text: string): void {
  const parent = path.slice(0, -1).reduce<unknown>(childOf, root) as Record<string | number, unknown> | undefined;
  const last = path.at(-1);
  if (parent === undefined || last === undefined) return;
  const value = parent[last];
  if (typeof value === 'string') parent[last] = text;
  else (value as { $expr: string }).$expr = text;
}
const childOf = (value: unknown, part: string | number): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, part)
    ? (value as Record<string | number, unknown>)[part]
    : undefined;

/** Generated code, and which field of the document each part of it is. */
class MarkedCode {
  readonly #marks: { at: number; from: number; place: Place }[];
  readonly #nodes: { id: string; from: number; to: number }[] = [];

  constructor(
    private readonly source: ts.SourceFile,
    private readonly document: FlowDocument,
    places: readonly Place[]
  ) {
    this.#marks = [...source.text.matchAll(MARK)].map((match) => {
      return { at: match.index, from: match.index + match[0].length, place: places[Number(match[1])]! };
    });
    const open: { id: string; from: number; to: number }[] = [];
    for (const { 1: which, 2: id = '', index } of source.text.matchAll(NODE_MARK)) {
      if (which === 'begin') open.push({ id, from: index, to: index });
      else this.#nodes.push({ ...open.pop()!, to: index });
    }
  }

  /** [FCK2] Null if no field can be named. */
  placeOf(at: number): Pick<Place, 'nodeId' | 'path'> | null {
    const own = this.#markAt(at);
    if (own) return own.place;
    const names: Path = [];
    for (let node = innermostAt(this.source, at); node && !ts.isBlock(node); node = node.parent) {
      const inside = this.#marks.filter((each) => node!.getFullStart() <= each.at && each.at < node!.getEnd());
      if (inside.length > 0 && names.length === 0) return commonPlace(inside.map(({ place }) => place));
      if (ts.isPropertyAssignment(node) && (ts.isIdentifier(node.name) || ts.isStringLiteral(node.name)))
        names.unshift(node.name.text);
      else if (ts.isArrayLiteralExpression(node.parent) && ts.isExpression(node))
        names.unshift(node.parent.elements.indexOf(node));
    }
    return this.#byNames(this.nodeAt(at), names);
  }

  /** Where it is in the text of its expression, which the code has as it was written. Null: in no expression. */
  offsetOf(at: number): number | null {
    const own = this.#markAt(at);
    return own ? at - own.from : null;
  }
  #markAt(at: number) {
    return this.#marks.find(({ from, place }) => from <= at && at <= from + place.length);
  }

  /** The innermost node whose code is here. */
  nodeAt(at: number): string | null {
    const around = this.#nodes.filter(({ from, to }) => from <= at && at <= to);
    return around.sort((a, b) => a.to - a.from - (b.to - b.from))[0]?.id ?? null;
  }

  /** Fields of the code have the names that they have in the document; the value of an end is its output. */
  #byNames(nodeId: string | null, names: Path): Pick<Place, 'nodeId' | 'path'> | null {
    const node = allNodes(this.document.steps).find(({ id }) => id === nodeId);
    const path = node?.kind === 'end' ? ['output', ...names] : names;
    if (!node || path.length === 0) return null;
    for (let length = path.length; length > 0; length--) {
      const known = path.slice(0, length);
      if (known.reduce<unknown>(childOf, node) !== undefined) return { nodeId, path: known };
    }
    return null;
  }
}

function innermostAt(source: ts.SourceFile, at: number): ts.Node {
  let found: ts.Node = source;
  const look = (node: ts.Node): void => {
    if (at < node.getFullStart() || at >= node.getEnd()) return;
    found = node;
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

/** What the places have in common; null if they are in several nodes. */
function commonPlace([first, ...more]: readonly Place[]): Pick<Place, 'nodeId' | 'path'> | null {
  if (!first || more.some(({ nodeId }) => nodeId !== first.nodeId)) return null;
  const differs = first.path.findIndex((part, index) => more.some(({ path }) => path[index] !== part));
  return { nodeId: first.nodeId, path: differs < 0 ? first.path : first.path.slice(0, differs) };
}
