// @vitest-environment jsdom
/**
 * [BL1] What can be done with a branch is behind its label, and by keys at it; what cannot be done gives its reason.
 * [BL2] A branch that is moved goes to where its mark was drawn.
 */
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ReactFlowProvider } from '@xyflow/react';
import { afterEach, expect, test } from 'vitest';
import { applyGesture } from '@/engine/flow/edit/apply';
import { putBranch } from '@/engine/flow/edit/branches';
import { documentOf } from '@/engine/flow/edit/document-of';
import { findNode, type Draft, type DraftBranch, type DraftNode } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { layoutFlow } from '@/engine/flow/layout/layout';
import { BranchLabels } from './branch-labels';
import { branchMarks, drawnBranches, markName, type BranchRef } from './branch-places';

afterEach(cleanup);

const wait = (id: string, branches: DraftBranch[] = []): DraftNode => {
  return { id, kind: 'wait', fields: { title: id, duration: '1d' }, branches };
};
const way = (id: string, title: string, steps: DraftNode[] = [], fields = {}): DraftBranch => {
  return { id, at: 'branches', fields: { title, ...fields }, steps };
};
const choice: DraftNode = {
  id: 'way',
  kind: 'choice',
  fields: { title: 'Which way' },
  branches: [way('a', 'Large', [wait('w')], { when: 'input.total > 5' }), way('b', 'Small', [], { when: 'true' })],
};
const both: DraftNode = {
  id: 'both',
  kind: 'parallel',
  fields: { title: 'Both' },
  branches: [way('c', 'Left', [wait('l')]), way('d', 'Right')],
};
const many: DraftNode = {
  id: 'many',
  kind: 'parallel',
  fields: { title: 'Many' },
  branches: ['1', '2', '3', '4'].map((n) => way(`m${n}`, `Way ${n}`, [wait(`x${n}`)])),
};
const draft: Draft = { flow: { title: 'Shop' }, steps: [choice, both, many], tray: [] };
const { document: flow } = documentOf(draft);
const layout = layoutFlow(flow, 'down', { edited: true });

function shownLabels() {
  const made: Operation[][] = [];
  const said: unknown[] = [];
  render(
    <BranchLabels
      layout={layout}
      draft={draft}
      document={flow}
      onEdit={(operations) => made.push(operations) > 0}
      onSelect={(owner) => said.push(['select', owner])}
      onFocus={(id) => said.push(['focus', id])}
      onField={(owner, path) => said.push([owner, ...path])}
      onDrag={() => undefined}
      onMove={(branch) => said.push(['move', branch])}
      onWhyNot={(why) => said.push(why)}
      isMoving={false}
    />,
    { wrapper: ReactFlowProvider }
  );
  const label = (title: string) => screen.getByRole('button', { name: `Branch ${title}` });
  const press = (title: string, key: string, more = {}) => fireEvent.keyDown(label(title), { key, ...more });
  return { made, said, label, press };
}

test('[BL1] the title of a branch is edited in its place, by a double click or F2', async () => {
  const { made, label, press } = shownLabels();
  await userEvent.dblClick(label('Large'));
  const field = await screen.findByRole('textbox', { name: 'Title' });
  await userEvent.clear(field);
  await userEvent.type(field, 'Very large{Enter}');
  expect(made).toEqual([
    [{ op: 'set', target: { node: 'way', branch: 'a' }, path: ['title'], value: 'Very large', was: 'Large' }],
  ]);
  expect(screen.queryByRole('menu')).toBe(null);
  press('Small', 'F2');
  await userEvent.type(await screen.findByRole('textbox', { name: 'Title' }), '{Escape}');
  expect(made).toHaveLength(1);
});
test('[BL1] the menu has the order of branches and the field of a condition, and says what cannot be done', async () => {
  const { made, said, label } = shownLabels();
  await userEvent.click(label('Small'));
  await userEvent.click(await screen.findByRole('menuitem', { name: /Edit the condition/ }));
  await expect.poll(() => said).toContainEqual(['way', 'branches', 1, 'when']);
  await userEvent.click(label('Large'));
  const menu = await screen.findByRole('menu');
  const first = within(menu).getByRole('menuitem', { name: /Move one place earlier/ });
  expect(first.textContent).toContain('It is the first one.');
  expect(first.getAttribute('aria-disabled')).toBe('true');
  await userEvent.click(within(menu).getByRole('menuitem', { name: /Move one place later/ }));
  await expect.poll(() => made[0]).toMatchObject([{ op: 'moveBranch', parent: 'way', id: 'a', before: null }]);
});
test('[BL1] at a label the keys of a step are about its branch', () => {
  const { made, said, press } = shownLabels();
  press('Small', 'ArrowLeft', { altKey: true });
  expect(made).toMatchObject([[{ op: 'moveBranch', parent: 'way', id: 'b', before: 'a' }]]);
  press('Small', 'ArrowRight', { altKey: true });
  press('Left', 'm');
  press('Left', 'ArrowDown');
  press('Left', 'Escape');
  press('Left', 'Delete');
  expect(said).toEqual([
    'It is the last one.',
    ['move', { owner: 'both', id: 'c' }],
    ['focus', 'l'],
    ['focus', 'both'],
    "'Both' needs at least 2 branches.",
  ]);
  press('Large', 'Delete');
  expect(made[1]).toMatchObject([{ op: 'removeBranch', parent: 'way', id: 'a' }]);
});

const marksFor = (branch: BranchRef) => branchMarks(layout, draft, flow, branch);
test('[BL2] between the branches of every fork is a place; a branch that is put there is drawn there', () => {
  const moved = { owner: 'many', id: 'm1' };
  const marks = marksFor(moved);
  expect(marks.map(({ owner, before, lies }) => [owner, before, lies])).toEqual([
    ['way', 'a', 'upright'],
    ['way', 'b', 'upright'],
    ['way', null, 'upright'],
    ['both', 'c', 'upright'],
    ['both', 'd', 'upright'],
    ['both', null, 'upright'],
    ['many', 'm1', 'across'],
    ['many', 'm2', 'across'],
    ['many', 'm3', 'across'],
    ['many', 'm4', 'across'],
    ['many', null, 'across'],
  ]);
  for (const mark of marks) {
    const operations = putBranch(draft, moved.owner, moved.id, mark);
    if (operations.length === 0) continue;
    const outcome = applyGesture({ ...draft }, { operations });
    if (outcome.refusal) throw new Error(outcome.refusal.message);
    const ids = findNode(outcome.draft, mark.owner)!
      .branches.filter(({ at }) => at === 'branches')
      .map(({ id }) => id);
    expect(ids[ids.indexOf('m1') + 1] ?? null, markName(draft, mark)).toBe(mark.before);
  }
});
test('[BL2] a mark lies beside its branch and on none', () => {
  const labels = drawnBranches(layout, draft, flow);
  for (const { owner, before, at, lies } of marksFor({ owner: 'both', id: 'c' })) {
    const own = labels.filter((each) => each.owner === owner);
    const next = own.find(({ branch }) => branch.id === before)?.label;
    if (next) expect(lies === 'upright' ? next.x - at.x : next.y - at.y).toBeGreaterThan(0);
    const isOn = ({ x, y, height }: { x: number; y: number; height: number }) =>
      lies === 'upright' ? Math.abs(at.x - (x + 120)) < 100 && Math.abs(at.y - y) < height : Math.abs(at.y - y) < 8;
    expect(own.some(({ label }) => label.centred === true && isOn(label))).toBe(false);
  }
});
test('[BL2] handlers of failures are put in order at their own step only', () => {
  const caught = (id: string): DraftBranch => ({ id, at: 'catch', fields: { types: [id] }, steps: [] });
  const failing: Draft = {
    ...draft,
    steps: ['one', 'two'].map((id) => ({
      ...wait(id, [caught('catch-0'), caught('catch-1')]),
      kind: 'action' as const,
      fields: { title: id, activity: 'http.request' },
    })),
  };
  const { document } = documentOf(failing);
  const marks = branchMarks(layoutFlow(document, 'down', { edited: true }), failing, document, {
    owner: 'one',
    id: 'catch-0',
  });
  const own = marks.filter(({ owner }) => owner === 'one');
  // They are drawn from right to left.
  expect(own.map(({ before }) => before)).toEqual(['catch-0', 'catch-1', null]);
  expect(own.map(({ at }) => at.x)).toEqual(own.map(({ at }) => at.x).sort((a, b) => b - a));
});
