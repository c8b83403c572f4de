/** Drafts for tests: their requests, and steps to put into them. */
import { randomUUID } from 'node:crypto';
import type { CreateDraft, DraftDetail, DraftSummary, GesturesAnswer, SentGesture } from '@/app/_contract/drafts';
import { routes as to } from '@/app/_contract/routes';
import type { DraftNode, Json } from '@/engine/flow/edit/draft';
import type { Operation, Slot } from '@/engine/flow/edit/operations';
import { must, type Visitor } from './world';

export const step = (id: string, fields: Record<string, Json> = {}): DraftNode => ({
  id,
  kind: 'action',
  fields: { title: id, activity: 'http.request', input: {}, effect: 'none', ...fields },
  branches: [],
});
export const AT_END: Slot = { parent: null, branch: null, after: null, before: null };
/** A flow of this node alone can be published. */
export const END: DraftNode = { id: 'done', kind: 'end', fields: { title: 'Done' }, branches: [] };
export const insert = (id: string, after: string | null = null, fields: Record<string, Json> = {}): Operation => ({
  op: 'insert',
  node: step(id, fields),
  slot: { ...AT_END, after },
});
export const setTitle = (node: string, value: Json, was?: Json): Operation => ({
  op: 'set',
  target: { node },
  path: ['title'],
  value,
  ...(was === undefined ? {} : { was }),
});
export const gestureOf = (...operations: Operation[]): SentGesture => ({
  id: randomUUID(),
  tab: 'tab-1',
  base: 0,
  operations,
  reverts: null,
});

export async function createDraft(
  visitor: Visitor,
  from: CreateDraft['from'] = { kind: 'empty', title: 'Drawn' }
): Promise<DraftSummary> {
  return (await must(visitor.post<DraftSummary>(to.drafts(), { id: randomUUID(), from }))).body;
}
export const readDraft = async (visitor: Visitor, id: string, number?: number): Promise<DraftDetail> =>
  (await must(visitor.get<DraftDetail>(to.draft(id, number)))).body;
export async function send(visitor: Visitor, id: string, gestures: SentGesture[], since = 0): Promise<GesturesAnswer> {
  return (await must(visitor.post<GesturesAnswer>(to.gestures(id), { gestures, since }))).body;
}
