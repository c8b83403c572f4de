/** [DK] The code of a draft, with the real compiler behind the real engine. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DraftCodeAnswer } from '@/app/_contract/code';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { FlowDetail, PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import { randomUUID } from 'node:crypto';
import { gestureOf, send } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.as('designer');
  viewer = await world.as('viewer');
}, 120_000);
afterAll(() => world.close());

const create = async (document: object) => {
  const from = { kind: 'document', document };
  return (await must(ada.post<DraftSummary>(to.drafts(), { id: randomUUID(), from }))).body.id;
};
const codeOf = async (id: string, visitor = ada) => (await must(visitor.get<DraftCodeAnswer>(to.draftCode(id)))).body;

test('[DK1] the code is what publishing makes, and a viewer may read it', async () => {
  const id = await create(TILL_FLOW);
  const { number, version, compiled, diagnostics } = await codeOf(id, viewer);
  expect([number, version, diagnostics]).toEqual([0, 1, []]);
  await must(ada.post<PublishedVersion>(to.publishDraft(id), { number: 0 }));
  const { shown } = (await must(ada.get<FlowDetail>(to.flow('till', 1)))).body;
  expect(compiled?.files['workflow.ts']).toBe(shown.code);
  expect(compiled?.nodes.take?.lines).toEqual(shown.manifest.nodes.take?.lines);
  expect((await codeOf(id)).version).toBe(2);
}, 60_000);

test('[DK2] what does not compile is said at its node, and types that do not match are said beside the code', async () => {
  const id = await create({ ...TILL_FLOW, name: 'till-two' });
  const set = (path: string[], value: unknown) =>
    send(ada, id, [gestureOf({ op: 'set', target: { node: 'take' }, path, value } as Parameters<typeof gestureOf>[0])]);
  await set(['input', 'body'], { $expr: 'input.nowhere' });
  const mistyped = await codeOf(id);
  expect([mistyped.number, mistyped.diagnostics[0]?.nodeId]).toEqual([1, 'take']);
  expect(mistyped.compiled?.files['workflow.ts']).toContain('input.nowhere');
  await set(['input', 'body'], { $expr: 'process.exit()' });
  const broken = await codeOf(id);
  expect([broken.number, broken.compiled, broken.diagnostics[0]?.nodeId]).toEqual([2, null, 'take']);
  await set(['activity'], 42);
  const lenient = await codeOf(id);
  expect([lenient.number, lenient.compiled, lenient.diagnostics[0]?.nodeId]).toEqual([3, null, 'take']);
}, 60_000);
