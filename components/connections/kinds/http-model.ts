/** An HTTP request as its form edits it: maps as rows, JSON and statuses as text. Pure. */
import { readEncoding, writeEncoding, type EncodingModel } from '@/components/flow/form-encoding-model';
import type { HttpCall } from '@/engine/flow/connections/http';
import { pairsOf, recordOf, type Pair } from '../pairs-field';
import type { CallProblems } from './kind-form';
import { mappingIn, mappingText, NOT_JSON } from './mapping-field';

export interface HttpModel extends EncodingModel {
  method: HttpCall['method'];
  path: string;
  query: Pair[];
  headers: Pair[];
  /** 'none', 'rest' or 'mapping'. */
  body: string;
  mapping: string;
  answer: HttpCall['answer'];
  idempotencyHeader: string;
  notApplied: string;
  retryable: string;
}

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
  return {
    method,
    path,
    query: pairsOf(query),
    headers: pairsOf(headers),
    body: typeof body === 'object' ? 'mapping' : body,
    mapping: mappingText(body),
    ...readEncoding(encoding),
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
  const encoding = model.body === 'none' ? undefined : writeEncoding(model);
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
