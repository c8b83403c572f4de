/**
 * The method of `backstitch.v1` that compiles a document without publishing it: the code of a draft, and its export as
 * a project.
 */
import { status } from '@grpc/grpc-js';
import { randomUUID } from 'node:crypto';
import { readJson } from '../flow/values/json';
import type { FlowBelow, SentPart, TrialRequest } from '../trial/parts';
import type { CallsOfTree } from '../versions/calls-of-tree';
import type { Trials } from '../trial/trials';
import type { CompileRequest, CompileResponse } from './messages';
import { Refusal } from './refusal';

export interface CompileMethodOptions {
  /** Where documents are compiled, in processes that can be killed. */
  codes: Pick<Trials, 'play'>;
  callsOf(document: unknown, workflowType: string | null): Promise<CallsOfTree>;
  /** Throws for a text that is not a document, and unless the caller may read this flow. */
  documentFor(request: CompileRequest): unknown;
  /** Throws unless the caller may read this flow, whose code would be in the project, too. */
  demandBelow(flow: FlowBelow): void;
}

/** Problems of the document are part of the answer. Throws UNAVAILABLE if it was not compiled in time. */
export async function compileMethod(options: CompileMethodOptions, request: CompileRequest): Promise<CompileResponse> {
  const { version, what, workflowType } = request;
  const document = options.documentFor(request);
  if (version < 1) throw new Refusal(status.INVALID_ARGUMENT, 'version: from 1');
  if (what !== 'code' && what !== 'project') throw new Refusal(status.INVALID_ARGUMENT, 'what: code or project');
  const { operations, ...called } = await options.callsOf(document, workflowType || null);
  if (what === 'project') called.below.forEach((flow) => options.demandBelow(flow));
  const asked: TrialRequest =
    what === 'code' ? { what, document, operations, version } : { what, document, operations, version, ...called };
  const parts: SentPart[] = [];
  // Requests of one person do not replace each other.
  await options.codes.play(randomUUID(), asked, (part) => parts.push(part), new AbortController().signal);
  const made = parts.find(({ kind }) => kind === what || kind === 'refused');
  if (made) return { partJson: made.json };
  const end = parts.at(-1);
  const message = end ? (readJson(end.json) as { message?: string }).message : undefined;
  throw new Refusal(status.UNAVAILABLE, message || 'The code could not be made.');
}
