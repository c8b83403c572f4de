/**
 * An operation as its form edits it: JSON as text, maps as rows. Pure.
 *
 * Rules
 * [OM1] Reading an operation and making it again gives the same operation.
 * [OM2] A text that is not JSON, or not a number, is a problem of its field; nothing is sent then.
 */
import type { Operation } from '@/app/_contract/connections';
import type { HttpCall } from '@/engine/flow/connections/http';
import type { OperationOf } from '@/engine/flow/connections/operation';
import type { SqlCall } from '@/engine/flow/connections/sql';
import { readJson } from '@/engine/flow/values/json';
import { pairsOf, recordOf, type Pair } from './pairs-field';

export interface OperationModel {
  title: string;
  name: string;
  description: string;
  kind: Operation['call']['kind'];
  method: HttpCall['method'];
  path: string;
  query: Pair[];
  headers: Pair[];
  body: 'none' | 'rest' | 'mapping';
  mapping: string;
  answer: HttpCall['answer'];
  statement: string;
  to: string;
  cc: string;
  replyTo: string;
  subject: string;
  text: string;
  rows: SqlCall['answer'];
  idempotencyHeader: string;
  notApplied: string;
  retryable: string;
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

const NEW: Omit<OperationOf<'http'>, 'connection'> = {
  name: '',
  title: '',
  description: '',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/',
    query: {},
    headers: {},
    body: 'rest',
    answer: 'body',
    idempotencyHeader: 'Idempotency-Key',
  },
  input: { type: 'object', properties: {} },
  output: {},
  effect: 'reversible',
  options: {},
};

/** `kind`: of the connection. */
export function modelOf(operation: Operation | null, kind: OperationModel['kind']): OperationModel {
  const { call, undo, lookup, options, input, output, ...own } = operation ?? {
    ...NEW,
    undo: undefined,
    lookup: undefined,
  };
  // What belongs to the other kind has the values of a new operation, and is not shown.
  const http = call.kind === 'http' ? call : NEW.call;
  const sql = call.kind === 'sql' ? call : { statement: '', answer: 'one' as const };
  const mail = call.kind === 'mail' ? call : { to: ['{to}'], cc: [], replyTo: '', subject: '', text: '' };
  const { method, path, body, answer, idempotencyHeader } = http;
  return {
    kind,
    statement: sql.statement,
    to: mail.to.join('\n'),
    cc: mail.cc.join('\n'),
    replyTo: mail.replyTo,
    subject: mail.subject,
    text: mail.text,
    rows: sql.answer,
    title: own.title,
    name: own.name,
    description: own.description,
    method,
    path,
    query: pairsOf(http.query),
    headers: pairsOf(http.headers),
    body: typeof body === 'object' ? 'mapping' : body,
    mapping: typeof body === 'object' ? jsonText(body.mapping) : '{\n}',
    answer,
    idempotencyHeader,
    notApplied: (http.notAppliedStatuses ?? []).join(', '),
    retryable: (http.retryableStatuses ?? []).join(', '),
    input: jsonText(input),
    output: jsonText(output),
    // A mail that was sent cannot be taken back.
    effect: operation === null && kind === 'mail' ? 'irreversible' : own.effect,
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

export type ModelProblems = Partial<Record<keyof OperationModel, string>>;

/** `before`: what the form does not show is kept. */
export function operationOf(
  model: OperationModel,
  connection: string,
  before: Operation | null
): { operation: Operation } | { problems: ModelProblems } {
  const problems: ModelProblems = {};
  const parsed = (field: 'input' | 'output' | 'mapping'): unknown => {
    try {
      return readJson(model[field]);
    } catch {
      problems[field] = 'This is not JSON.';
      return null;
    }
  };
  const statuses = (field: 'notApplied' | 'retryable'): number[] | undefined => {
    const texts = model[field].split(/[\s,]+/).filter(Boolean);
    if (texts.some((text) => !/^[1-5]\d\d$/.test(text))) problems[field] = 'Statuses such as 402, 409.';
    return texts.length > 0 ? texts.map(Number) : undefined;
  };
  const input = parsed('input') as Operation['input'];
  const output = parsed('output') as Operation['output'];
  const body = model.body === 'mapping' ? { mapping: parsed('mapping') as never } : model.body;
  const notAppliedStatuses = statuses('notApplied');
  const retryableStatuses = statuses('retryable');
  if (!/^\d*$/.test(model.attempts)) problems.attempts = 'A whole number; 0 for no limit.';
  if (Object.keys(problems).length > 0) return { problems };

  const { startToCloseTimeout: _, retry, ...options } = before?.options ?? {};
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
      call:
        model.kind === 'sql'
          ? { kind: 'sql', statement: model.statement, answer: model.rows }
          : model.kind === 'mail'
            ? {
                kind: 'mail',
                to: linesOf(model.to),
                cc: linesOf(model.cc),
                replyTo: model.replyTo.trim(),
                subject: model.subject,
                text: model.text,
                answer: 'sent',
              }
            : {
                kind: 'http',
                method: model.method,
                path: model.path.trim(),
                query: recordOf(model.query),
                headers: recordOf(model.headers),
                body,
                answer: model.answer,
                idempotencyHeader: model.idempotencyHeader.trim(),
                ...(retryableStatuses ? { retryableStatuses } : {}),
                ...(notAppliedStatuses ? { notAppliedStatuses } : {}),
              },
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

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

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
  try {
    return readJson(text) as Related;
  } catch {
    return { $expr: text };
  }
}
