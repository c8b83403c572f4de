/** An HTTP request as its form edits it: maps as rows, JSON and statuses as text. Pure. */
import type { HttpCall } from '@/engine/flow/connections/http';
import type { BodyEncoding, FormStyle } from '@/engine/flow/connections/form';
import { pairsOf, recordOf, type Pair } from '../pairs-field';
import type { CallProblems } from './kind-form';
import { mappingIn, mappingText, NOT_JSON } from './mapping-field';

export interface HttpModel {
  method: HttpCall['method'];
  path: string;
  query: Pair[];
  headers: Pair[];
  /** 'none', 'rest' or 'mapping'. */
  body: string;
  mapping: string;
  /** How the body is written. */
  sentAs: SentAs;
  style: FormStyle;
  /** Fields of a form with a style of their own. */
  ownStyles: { name: string; style: FormStyle }[];
  answer: HttpCall['answer'];
  idempotencyHeader: string;
  notApplied: string;
  retryable: string;
}

export type SentAs = 'json' | BodyEncoding['kind'];
/** Most services that take groups in a form read this one. */
const NEW_STYLE: FormStyle = { lists: 'indexed', groups: 'brackets' };

const NEW_CALL: HttpCall = {
  kind: 'http',
  method: 'POST',
  path: '/',
  query: {},
  headers: {},
  body: 'rest',
  answer: 'body',
  idempotencyHeader: 'Idempotency-Key',
};

export function readHttp(call: HttpCall | null): HttpModel {
  const { method, path, query, headers, body, encoding, answer, idempotencyHeader, ...more } = call ?? NEW_CALL;
  const { lists, groups } = encoding ?? NEW_STYLE;
  return {
    method,
    path,
    query: pairsOf(query),
    headers: pairsOf(headers),
    body: typeof body === 'object' ? 'mapping' : body,
    mapping: mappingText(body),
    sentAs: encoding?.kind ?? 'json',
    style: { lists, groups },
    ownStyles: Object.entries(encoding?.fields ?? {}).map(([name, style]) => ({ name, style })),
    answer,
    idempotencyHeader,
    notApplied: (more.notAppliedStatuses ?? []).join(', '),
    retryable: (more.retryableStatuses ?? []).join(', '),
  };
}

export function writeHttp(model: HttpModel): { call: HttpCall } | { problems: CallProblems } {
  const problems: CallProblems = {};
  const statuses = (field: 'notApplied' | 'retryable'): number[] | undefined => {
    const texts = model[field].split(/[\s,]+/).filter(Boolean);
    if (texts.some((text) => !/^[1-5]\d\d$/.test(text))) problems[field] = 'Statuses such as 402, 409.';
    return texts.length > 0 ? texts.map(Number) : undefined;
  };
  const mapping = model.body === 'mapping' ? mappingIn(model.mapping) : null;
  if (model.body === 'mapping' && !mapping) problems.mapping = NOT_JSON;
  const retryableStatuses = statuses('retryable');
  const notAppliedStatuses = statuses('notApplied');
  if (Object.keys(problems).length > 0) return { problems };
  const encoding = encodingOf(model);
  return {
    call: {
      kind: 'http',
      method: model.method,
      path: model.path.trim(),
      query: recordOf(model.query),
      headers: recordOf(model.headers),
      body: mapping ?? (model.body === 'none' ? 'none' : 'rest'),
      ...(encoding ? { encoding } : {}),
      answer: model.answer,
      idempotencyHeader: model.idempotencyHeader.trim(),
      ...(retryableStatuses ? { retryableStatuses } : {}),
      ...(notAppliedStatuses ? { notAppliedStatuses } : {}),
    },
  };
}

/** Undefined: JSON, or no body. Rows without a name are left out. */
function encodingOf({ body, sentAs, style, ownStyles }: HttpModel): BodyEncoding | undefined {
  if (body === 'none' || sentAs === 'json') return undefined;
  const own = ownStyles.filter(({ name }) => name.trim() !== '').map((each) => [each.name.trim(), each.style] as const);
  return { kind: sentAs, ...style, ...(own.length > 0 ? { fields: Object.fromEntries(own) } : {}) };
}
