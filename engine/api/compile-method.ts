/** The method of `backstitch.v1` that compiles a document without publishing it: the code of a draft. */
import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import type { Catalogue } from '../flow/catalogue';
import { readJson } from '../flow/values/json';
import type { SentPart } from '../trial/parts';
import type { Trials } from '../trial/trials';
import type { CompileRequest, CompileResponse } from './messages';
import { Refusal } from './refusal';

export interface CompileMethodOptions {
  /** Where documents are compiled, in processes that can be killed. */
  codes: Pick<Trials, 'play'>;
  /** The operations of connections that the document names. */
  operationsFor(document: unknown): Promise<Catalogue>;
  /** Throws for a text that is not a document, and unless the caller may read this flow. */
  documentFor(request: CompileRequest): unknown;
}

/** Problems of the document are part of the answer. Throws UNAVAILABLE if it was not compiled in time. */
export async function compileMethod(options: CompileMethodOptions, request: CompileRequest): Promise<CompileResponse> {
  const document = options.documentFor(request);
  if (request.version < 1) throw new Refusal(status.INVALID_ARGUMENT, 'version: from 1');
  const operations = await options.operationsFor(document);
  const parts: SentPart[] = [];
  // Requests of one person do not replace each other.
  await options.codes.play(
    randomUUID(),
    { what: 'code', document, operations, version: request.version },
    (part) => parts.push(part),
    new AbortController().signal
  );
  const code = parts.find(({ kind }) => kind === 'code');
  if (code) return { codeJson: code.json };
  const end = parts.at(-1);
  const message = end ? (readJson(end.json) as { message?: string }).message : undefined;
  throw new Refusal(status.UNAVAILABLE, message || 'The code could not be made.');
}
