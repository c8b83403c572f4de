/**
 * The way in: flow document → TypeScript. Pure and deterministic: the same input gives the same bytes.
 *
 *   1 read → 2 validate, lint → 3 check expressions → 4 emit → 5 format, take out the markers, manifest
 */
import { createHash } from 'node:crypto';
import { format } from 'prettier';
import type { Catalogue } from '../flow/catalogue';
import { hasErrors, type Diagnostic } from '../flow/diagnostic';
import { outputName, workflowType, type FlowDocument } from '../flow/document';
import { lint } from '../flow/lint';
import type { FlowManifest, NodeManifest } from '../flow/manifest';
import { readFlow } from '../flow/read';
import { expressionsIn } from '../flow/expression-names';
import { allNodes, effectOf, hasOutput } from '../flow/tree';
import { validate } from '../flow/validate';
import { expressionProblems } from './expressions';
import { BEGIN, emit, END } from './phases/emit';

export interface CompileOptions {
  /** Published version, from 1: part of the workflow type. */
  version: number;
  /** 'v3.0' unless said. */
  revision?: string;
  catalogue: Catalogue;
  /** The saga library's sources by file name (`readSagaSources`): covered by the sha. */
  saga: Readonly<Record<string, string>>;
}

export interface Compiled {
  /** What is shown and what runs: text of 'workflow.ts'. Empty when there are errors. */
  code: string;
  /** In-memory modules: 'workflow.ts' is the entry. '@backstitch/saga' is resolved when bundling. */
  files: Record<string, string>;
  /** Null when there are errors. */
  manifest: FlowManifest | null;
  diagnostics: Diagnostic[];
}

/** `document` is unknown JSON: it is read, validated and linted first. Never throws for bad input. */
export async function compile(document: unknown, options: CompileOptions): Promise<Compiled> {
  const read = readFlow(document);
  if (!read.document) return refused(read.diagnostics);
  const flow = read.document;
  const diagnostics = [
    ...validate(flow, options.catalogue),
    ...lint(flow, options.catalogue),
    ...checkExpressions(flow),
  ];
  if (hasErrors(diagnostics)) return refused(diagnostics);

  const marked = await format(emit(flow, options.version, options.catalogue), {
    parser: 'typescript',
    singleQuote: true,
    printWidth: 100,
  });
  const { code, lines } = takeOutMarkers(marked);
  return { code, files: { 'workflow.ts': code }, manifest: manifestOf(flow, code, lines, options), diagnostics };
}

function refused(diagnostics: Diagnostic[]): Compiled {
  return { code: '', files: {}, manifest: null, diagnostics };
}

function checkExpressions(flow: FlowDocument): Diagnostic[] {
  const nodes = allNodes(flow.steps);
  const names = new Set(['input', 'argument', ...Object.keys(flow.variables)]);
  for (const node of nodes) {
    if (hasOutput(node)) names.add(outputName(node.id));
    for (const handler of ('catch' in node ? node.catch : null) ?? []) if (handler.as) names.add(handler.as);
  }
  const check = (nodeId: string | null, value: unknown): Diagnostic[] =>
    expressionsIn(value).flatMap(({ expression, path }) =>
      expressionProblems(expression, names).map((message) => ({
        code: 'expression',
        severity: 'error',
        nodeId,
        path,
        message,
      }))
    );
  const { steps: _steps, ...rest } = flow;
  const accepts = Object.values(flow.updates).flatMap(({ accept }) => (accept ? [{ $expr: accept }] : []));
  return [
    ...check(null, rest),
    ...check(null, accepts),
    ...nodes.flatMap((node) => {
      const { steps: _inner, ...own } = { steps: null, ...withoutChildren(node) };
      const conditions = node.kind === 'choice' ? node.branches.map(({ when }) => ({ $expr: when })) : [];
      const until = node.kind === 'wait' && node.until ? [{ $expr: node.until }] : [];
      return [...check(node.id, own), ...check(node.id, conditions), ...check(node.id, until)];
    }),
  ];
}

/** A node's own fields: what is nested belongs to the nested nodes. */
function withoutChildren(node: object): object {
  const nested = ['branches', 'otherwise', 'catch', 'onTimeout', 'onReject'];
  return Object.fromEntries(
    Object.entries(node).filter(([name, value]) => !nested.includes(name) || typeof value === 'string')
  );
}

function takeOutMarkers(marked: string): { code: string; lines: Map<string, [number, number]> } {
  const kept: string[] = [];
  const lines = new Map<string, [number, number]>();
  for (const line of marked.split('\n')) {
    const marker = line.trim();
    if (marker.startsWith(BEGIN)) lines.set(marker.slice(BEGIN.length), [kept.length + 1, 0]);
    else if (marker.startsWith(END)) {
      const range = lines.get(marker.slice(END.length));
      // Blank lines that formatting left before the marker do not belong to the node.
      while (kept.at(-1)?.trim() === '') kept.pop();
      if (range) range[1] = kept.length;
    } else kept.push(line);
  }
  return { code: kept.join('\n'), lines };
}

function manifestOf(
  flow: FlowDocument,
  code: string,
  lines: ReadonlyMap<string, [number, number]>,
  { version, revision = `v${version}.0`, catalogue, saga }: CompileOptions
): FlowManifest {
  const nodes: Record<string, NodeManifest> = {};
  let pivoted = false;
  for (const node of allNodes(flow.steps)) {
    const action = node.kind === 'action' ? node : null;
    const undo = action?.undo;
    nodes[node.id] = {
      id: node.id,
      kind: node.kind,
      title: node.title,
      activity: action?.activity ?? null,
      effect: action ? effectOf(action, catalogue) : 'none',
      undo: undo ? { title: undo.title, activity: undo.activity, armed: undo.armed } : null,
      pivot: action?.pivot ?? false,
      afterPivot: pivoted,
      lines: lines.get(node.id) ?? [1, 1],
      output: action?.output ?? null,
    };
    pivoted ||= action?.pivot ?? false;
  }
  const hash = createHash('sha256').update(code);
  for (const name of Object.keys(saga).sort()) hash.update(name).update(saga[name] ?? '');
  for (const name of [...new Set(Object.values(nodes).flatMap(({ activity }) => activity ?? []))].sort()) {
    hash.update(JSON.stringify(catalogue[name] ?? null));
  }
  const sha = hash.digest('hex');
  const type = workflowType(flow.name, version);
  return { format: 1, flow: flow.name, version, revision, workflowType: type, document: flow, nodes, sha };
}
