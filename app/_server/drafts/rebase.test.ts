/** [RB] A draft whose base is no longer the newest version, and what was done to a draft, gesture by gesture. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DraftHistory, DraftStretch, RebasedDraft } from '@/app/_contract/drafts';
import type { FlowDetail, PublishedVersion } from '@/app/_contract/flows';
import type { GateAnswer } from '@/app/_contract/gates';
import { routes as to } from '@/app/_contract/routes';
import { compareFlow } from '../flows/compare';
import type { Actor } from '../people/actor';
import { draftOf } from '@/engine/flow/edit/draft';
import { readFlow } from '@/engine/flow/read';
import { createDraft, gestureOf, readDraft, send, setTitle } from '../testing/drafts';
import { TILL_FLOW } from '../testing/till';
import { eventually, must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
beforeAll(async () => {
  world = await startWorld();
  ada = await world.as('designer');
}, 120_000);
afterAll(() => world.close());

/** The till, with these titles of its first step and of the flow. */
const till = (name: string, title: string, take = 'Take') => ({
  ...TILL_FLOW,
  name,
  title,
  steps: TILL_FLOW.steps.map((step) => (step.id === 'take' ? { ...step, title: take } : step)),
});
const publish = (name: string, title: string, take?: string) =>
  must(ada.post<PublishedVersion>(to.publish(), { document: till(name, title, take) }));
const rebase = (id: string, onto: number, take: boolean, gesture = randomUUID()) =>
  ada.post<RebasedDraft>(to.rebaseDraft(id), { onto, gesture, take });
const published = async (name: string) => (await must(ada.get<FlowDetail>(to.flow(name)))).body.shown.manifest.document;

test('[RB1] what others changed is taken over by one gesture; where both changed the same, the draft keeps its own', async () => {
  await publish('rb1', 'First', 'Take');
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb1' });
  await send(ada, id, [gestureOf(setTitle('take', 'Mine', 'Take'))]);
  await publish('rb1', 'Theirs', 'Their take');
  const refused = await ada.post(to.publishDraft(id), { number: 1 });
  expect(refused.error?.code).toBe('publishedMeanwhile');

  const gesture = randomUUID();
  const { body } = await must(rebase(id, 2, true, gesture));
  expect(body).toMatchObject({
    summary: { base: 2, newest: 2, number: 2, title: 'Theirs' },
    skipped: ["'title' of 'Mine' was changed again."],
  });
  // The same request again changes nothing.
  expect((await must(rebase(id, 2, true, gesture))).body.summary.number).toBe(2);
  await must(ada.post(to.publishDraft(id), { number: 2 }));
  const document = await published('rb1');
  expect([document.title, document.steps[0]?.title]).toEqual(['Theirs', 'Mine']);
  const { own } = await readDraft(ada, id);
  await send(ada, id, [{ ...gestureOf(...own.at(-1)!.inverse), reverts: own.at(-1)!.id }]);
  expect((await readDraft(ada, id)).summary.title).toBe('First');
}, 90_000);

test('[RB2] a draft may replace the newer version, knowingly', async () => {
  await publish('rb2', 'First');
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb2' });
  await send(ada, id, [gestureOf(setTitle('take', 'Mine', 'Take'))]);
  await publish('rb2', 'Theirs');
  expect((await must(rebase(id, 2, false))).body).toMatchObject({ summary: { base: 2, number: 1 }, skipped: [] });
  await must(ada.post(to.publishDraft(id), { number: 1 }));
  const document = await published('rb2');
  expect([document.title, document.steps[0]?.title]).toEqual(['First', 'Mine']);
}, 90_000);

test('[RB3] a version that the person has not seen is not taken over', async () => {
  await publish('rb3', 'First');
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb3' });
  await publish('rb3', 'Second');
  await publish('rb3', 'Third');
  const { error } = await rebase(id, 2, true);
  expect([error?.code, error?.message]).toEqual([
    'publishedMeanwhile',
    'Version 3 was published since. Nothing was changed.',
  ]);
  // A draft without own changes is the newest version then.
  expect((await must(rebase(id, 3, true))).body.summary).toMatchObject({ base: 3, number: 1, baseNumber: 1 });
  const apart = await createDraft(ada);
  expect((await rebase(apart.id, 1, true)).error?.code).toBe('versionNotFound');
}, 90_000);

/** Goes live without a draft, as with a key. */
async function fix(name: string, document: unknown, version = 1): Promise<string> {
  const wish = { flow: name, version, document, startedBy: 'Ada' };
  const { report, diagnostics } = await world.web.versions.startGate(wish);
  if (!report) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  await eventually(async () => {
    const { phase } = (await must(ada.get<GateAnswer>(to.gate(name, report.id)))).body.report;
    if (phase === 'checking') throw new Error('it is still being checked');
  });
  await must(ada.post(to.goLive(name, report.id), { note: 'A fix', breaking: 0 }));
  return report.revision;
}

test('[RB6] a draft made from an older revision is not published over the fix that is live, nor as another fix', async () => {
  await publish('rb6', 'First');
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb6' });
  await send(ada, id, [gestureOf(setTitle('take', 'Mine', 'Take'))]);
  const revision = await fix('rb6', till('rb6', 'Fixed'));
  expect((await readDraft(ada, id)).summary).toMatchObject({ base: 1, baseRevision: 'v1.0', liveRevision: 'v1.1' });

  const publishing = await ada.post(to.publishDraft(id), { number: 1 });
  expect(publishing.error).toMatchObject({
    code: 'publishedMeanwhile',
    problems: [
      {
        message: expect.stringContaining(
          'Revision v1.1 of version 1, by Ada designer, is live; this document was made from revision v1.0.'
        ),
      },
      { message: expect.any(String) },
    ],
  });
  const checking = await ada.post(to.gates('rb6'), { version: 1, draft: { id, number: 1 } });
  expect(checking.error?.code).toBe('publishedMeanwhile');

  // What the fix changed can be looked at, and taken over.
  const was = (await must(ada.get<FlowDetail>(to.flow('rb6', 1, 'v1.0')))).body.shown;
  expect([was.revision, was.manifest.document.title]).toEqual(['v1.0', 'First']);
  const unseen = await ada.post(to.rebaseDraft(id), { onto: 1, revision: 'v1.0', gesture: randomUUID(), take: true });
  expect(unseen.error?.code).toBe('publishedMeanwhile');
  const wish = { onto: 1, revision, gesture: randomUUID(), take: true };
  expect((await must(ada.post<RebasedDraft>(to.rebaseDraft(id), wish))).body).toMatchObject({
    summary: { base: 1, baseRevision: 'v1.1', liveRevision: 'v1.1', number: 2, title: 'Fixed' },
    skipped: [],
  });
  await must(ada.post(to.publishDraft(id), { number: 2 }));
  const document = await published('rb6');
  expect([document.title, document.steps[0]?.title]).toEqual(['Fixed', 'Mine']);
  expect((await readDraft(ada, id)).summary).toMatchObject({ base: 2, baseRevision: 'v2.0' });
}, 90_000);

test('[RB6] a revision that was rolled back is seen as well; a draft that was made before is published as ever', async () => {
  await publish('rb7', 'First');
  await fix('rb7', till('rb7', 'Fixed'));
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb7' });
  await send(ada, id, [gestureOf(setTitle('take', 'Mine', 'Take'))]);
  const { report } = (await must(ada.post<GateAnswer>(to.gates('rb7'), { version: 1, revision: 'v1.0' }))).body;
  await eventually(async () => {
    const { phase } = (await must(ada.get<GateAnswer>(to.gate('rb7', report.id)))).body.report;
    if (phase === 'checking') throw new Error('it is still being checked');
  });
  await must(ada.post(to.goLive('rb7', report.id), { note: 'Back', breaking: 0 }));
  expect((await readDraft(ada, id)).summary).toMatchObject({ baseRevision: 'v1.1', liveRevision: 'v1.0' });
  expect((await ada.post(to.publishDraft(id), { number: 1 })).error?.code).toBe('publishedMeanwhile');
  // As drafts are that were stored before the revision was recorded.
  await world.web.database.draft.update({ where: { id }, data: { baseRevision: null } });
  await must(ada.post(to.publishDraft(id), { number: 1 }));
}, 90_000);

test('[RB4] a stretch of the history is read gesture by gesture, with the draft before it', async () => {
  const { id } = await createDraft(ada, { kind: 'document', document: till('rb4', 'First') });
  await send(ada, id, [
    gestureOf(setTitle('take', 'One', 'Take')),
    gestureOf(setTitle('take', 'Two', 'One')),
    { ...gestureOf(setTitle('take', 'Three', 'Two')), tab: 'tab-2' },
  ]);
  const { entries } = (await must(ada.get<DraftHistory>(to.draftHistory(id)))).body;
  expect(entries.map(({ since, number, tab, gestures }) => [since, number, tab, gestures])).toEqual([
    [2, 3, 'tab-2', 1],
    [0, 2, 'tab-1', 2],
    [0, 0, null, 0],
  ]);
  const { before, gestures } = (await must(ada.get<DraftStretch>(to.draftStretch(id, 1, 3)))).body;
  expect(before.steps[0]?.fields.title).toBe('One');
  expect(gestures.map(({ number, tab }) => [number, tab])).toEqual([
    [2, 'tab-1'],
    [3, 'tab-2'],
  ]);
  expect((await ada.get(to.draftStretch(id, 0, 9))).error?.code).toBe('draftStateGone');
});

test('[RB5] versions and states of a draft are read to be compared; what is not there is not found', async () => {
  await publish('rb5', 'First');
  await publish('rb5', 'Second');
  const { id } = await createDraft(ada, { kind: 'version', flow: 'rb5' });
  await send(ada, id, [gestureOf(setTitle('take', 'Mine', 'Take'))]);
  const actor: Actor = {
    id: 'person-designer',
    name: 'Ada designer',
    email: 'designer@example.test',
    grants: [{ role: 'designer', flow: null }],
    groups: [],
    via: 'session',
    from: '127.0.0.1',
  };
  const compare = (asked: { from?: string; to?: string }) => compareFlow(world.web, actor, 'rb5', asked);
  const usual = await compare({});
  expect([usual.from.label, usual.to.label, usual.choices.map(({ label }) => label)]).toEqual([
    'v2',
    'Draft',
    ['Draft', 'v2', 'v1'],
  ]);
  expect(usual.from.draft).toEqual(draftOf(readFlow(till('rb5', 'Second')).document!));
  expect(usual.to.draft.steps[0]?.fields.title).toBe('Mine');
  const past = await compare({ from: `draft:${id}@0`, to: '1' });
  expect([past.from.label, past.from.draft.steps[0]?.fields.title, past.to.code?.includes('rb5_v1')]).toEqual([
    'Draft at change 0',
    'Take',
    true,
  ]);
  await expect(compare({ from: '9' })).rejects.toMatchObject({ code: 'versionNotFound' });
  const other = await createDraft(ada);
  await expect(compare({ from: `draft:${other.id}` })).rejects.toMatchObject({ code: 'draftNotFound' });
}, 90_000);
