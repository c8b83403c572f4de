/**
 * An operation as its form edits it: JSON as text, maps as rows. Pure.
 *
 * Rules
 * [OM1] Reading an operation and making it again gives the same operation.
 * [OM2] A text that is not JSON, or not a number, is a problem of its field; nothing is sent then.
 */
import type { Operation } from '@/app/_contract/connections';
import type { Kind } from '@/engine/flow/connections/kinds/table';
import { readPasted } from '@/engine/flow/values/pasted';
import { formOf } from './kinds/table';
import { recordOf, type Pair } from './pairs-field';

export interface OperationModel {
  title: string;
  name: string;
  description: string;
  kind: Kind;
  /** The call, as the form of its kind edits it. */
  call: object;
  input: string;
  output: string;
  effect: Operation['effect'];
  /** '' for none. */
  undo: string;
  undoInput: Pair[];
  armed: 'completed' | 'attempted';
  lookup: string;
  lookupInput: Pair[];
  lateCalls: '' | 'refused' | 'possible';
  settlesWithin: string;
  timeout: string;
  attempts: string;
}

/** `kind`: of the connection. */
export function modelOf(operation: Operation | null, kind: Kind): OperationModel {
  const form = formOf(kind);
  const { call, undo, lookup, options, input, output, ...own } = operation ?? {
    call: null,
    name: '',
    title: '',
    description: '',
    input: form.newInput ?? { type: 'object', properties: {} },
    output: form.newOutput ?? {},
    effect: form.newEffect,
    undo: undefined,
    lookup: undefined,
    options: form.newOptions ?? {},
  };
  return {
    kind,
    call: form.read(call as never),
    title: own.title,
    name: own.name,
    description: own.description,
    input: jsonText(input),
    output: jsonText(output),
    effect: own.effect,
    undo: undo?.operation ?? '',
    undoInput: templatePairs(undo?.input),
    armed: undo?.armed ?? 'completed',
    lookup: lookup?.operation ?? '',
    lookupInput: templatePairs(lookup?.input),
    lateCalls: ('lateCalls' in own ? own.lateCalls : undefined) ?? '',
    settlesWithin: ('settlesWithin' in own ? own.settlesWithin : undefined) ?? '',
    timeout: options.startToCloseTimeout ?? '',
    attempts: options.retry?.maximumAttempts === undefined ? '' : String(options.retry.maximumAttempts),
  };
}

/** By field of the model, or of the call in it. */
export type ModelProblems = Record<string, string>;

/** `before`: what the form does not show is kept. */
export function operationOf(
  model: OperationModel,
  connection: string,
  before: Operation | null
): { operation: Operation } | { problems: ModelProblems } {
  const problems: ModelProblems = {};
  const parsed = (field: 'input' | 'output'): unknown => {
    const read = readPasted(model[field], { exact: true, place: true });
    if ('value' in read) return read.value;
    problems[field] = read.problem;
    return null;
  };
  const input = parsed('input') as Operation['input'];
  const output = parsed('output') as Operation['output'];
  const written = formOf(model.kind).write(model.call as never);
  if ('problems' in written) Object.assign(problems, written.problems);
  if (!/^\d*$/.test(model.attempts)) problems.attempts = 'A whole number; 0 for no limit.';
  if ('problems' in written || Object.keys(problems).length > 0) return { problems };

  const { startToCloseTimeout: _, retry, ...options } = before?.options ?? formOf(model.kind).newOptions ?? {};
  const { maximumAttempts: _attempts, ...pauses } = retry ?? {};
  const limited = model.attempts === '' ? pauses : { ...pauses, maximumAttempts: Number(model.attempts) };
  const isReversible = model.effect === 'reversible';
  const hasEffect = model.effect !== 'none';
  return {
    operation: {
      connection,
      name: model.name.trim(),
      title: model.title.trim(),
      description: model.description.trim(),
      call: written.call,
      input,
      output,
      effect: model.effect,
      ...(isReversible && model.undo !== ''
        ? { undo: { operation: model.undo, input: templateOf(model.undoInput), armed: model.armed } }
        : {}),
      ...(hasEffect && model.lookup !== ''
        ? { lookup: { operation: model.lookup, input: templateOf(model.lookupInput) } }
        : {}),
      ...(hasEffect && model.lateCalls !== '' ? { lateCalls: model.lateCalls } : {}),
      ...(hasEffect && model.settlesWithin !== '' ? { settlesWithin: model.settlesWithin } : {}),
      options: {
        ...options,
        ...(model.timeout === '' ? {} : { startToCloseTimeout: model.timeout }),
        ...(Object.keys(limited).length > 0 ? { retry: limited } : {}),
      },
    },
  };
}

type Related = NonNullable<Operation['lookup']>['input'];

const jsonText = (value: unknown): string => JSON.stringify(value, null, 2);

/** `{ id: { $expr: 'output.id' }, note: 'fixed' }` as rows: an expression as it is, a fixed value as JSON. */
function templatePairs(input: Related | undefined): Pair[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  return Object.entries(input).map(([name, value]) => {
    const expression =
      typeof value === 'object' && value !== null && !Array.isArray(value) && typeof value.$expr === 'string'
        ? value.$expr
        : JSON.stringify(value);
    return { name, value: expression };
  });
}

function templateOf(pairs: readonly Pair[]): Related {
  const entries = Object.entries(recordOf(pairs)).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, partOf(value.trim())]));
}

/** A number, a text in quotes and other JSON are fixed values; everything else is an expression. */
function partOf(text: string): Related {
  const read = readPasted(text);
  return 'problem' in read ? { $expr: text } : (read.value as Related);
}
