// @vitest-environment jsdom
/**
 * The list of problems beside a draft.
 *
 * Rules
 * [PP1] Errors come first, then warnings, then hints, each with their number; nothing is said twice.
 * [PP2] A row leads to the field of the step. Only the selected row offers quick fixes.
 * [PP3] A quick fix hands over operations that remove the problem.
 * [PP6] What was deleted can be put back where something still reads it.
 * [PP5] A place inside a branch is named by the title of the branch, and a field as its form calls it.
 * [PP4] j and k move through all rows, Enter opens the field, Esc leaves the list.
 */
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { Catalogue } from '@/engine/flow/catalogue';
import { applyGesture } from '@/engine/flow/edit/apply';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { NOTHING_DELETED, withDeleted, withDeletions, type DeletedNames } from '@/engine/flow/edit/deleted';
import { draftOf, type Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { problemsOf } from '@/engine/flow/edit/problems';
import { parseFlow } from '@/engine/flow/testing/flow';
import { countsOf, ProblemsPanel } from './problems-panel';

afterEach(cleanup);

const catalogue: Catalogue = {
  'http.request': {
    name: 'http.request',
    title: 'Call a service',
    effect: 'per-step',
    input: {},
    output: 'per-step',
    defaultOptions: {},
  },
};
const DRAFT = draftOf(
  parseFlow({
    format: 2,
    name: 'test',
    title: 'Test',
    input: { type: 'object' },
    steps: [
      { id: 'charge', kind: 'action', title: 'Charge', activity: 'http.request', effect: 'reversible', input: {} },
      { id: 'ship', kind: 'action', title: 'Ship', activity: 'http.request', effect: 'none', input: {} },
    ],
  })
);
function open(draft: Draft, problems: readonly Diagnostic[] = problemsOf(draft, catalogue), deleted?: DeletedNames) {
  const asked = { onGo: vi.fn(), onFix: vi.fn<(operations: Operation[]) => void>() };
  render(
    <TooltipProvider>
      <main>
        <h1 tabIndex={-1}>Flow</h1>
      </main>
      <ProblemsPanel problems={problems} draft={draft} catalogue={catalogue} deleted={deleted} {...asked} />
    </TooltipProvider>
  );
  return asked;
}
const rows = () => [...document.querySelectorAll('[data-problem]')];
const fixes = () => screen.queryAllByRole('group', { name: 'Quick fixes' });

test('[PP1] problems are grouped by severity with their number, the most severe first', () => {
  const error = { code: 'x', severity: 'error' as const, nodeId: null, path: ['name'], message: 'It has no name.' };
  const problems = [...problemsOf(DRAFT, catalogue), error];
  open(DRAFT, problems);
  expect(screen.getAllByRole('heading', { level: 3 }).map(({ textContent }) => textContent)).toEqual([
    '1 error',
    '1 warning',
    '1 hint',
  ]);
  expect(rows().map(({ textContent }) => textContent)).toEqual([
    expect.stringContaining('It has no name.'),
    expect.stringContaining('it has no undo'),
    expect.stringContaining('waits for an operator'),
  ]);
  expect(countsOf(problems)).toEqual({ error: 1, warning: 1, info: 1 });
});

test('[PP2] a row leads to the field and alone offers its fixes', async () => {
  const { onGo } = open(DRAFT);
  expect(fixes()).toEqual([]);
  await userEvent.click(rows()[0]!);
  expect(onGo).toHaveBeenCalledWith('charge', ['undo']);
  expect(fixes()).toHaveLength(1);
  await userEvent.click(rows()[1]!);
  expect(onGo).toHaveBeenLastCalledWith('charge', ['unknown']);
  expect(fixes()).toHaveLength(1);
  expect(within(fixes()[0]!).getByRole('button', { name: 'Ask a person' })).toBeTruthy();
});

test('[PP3] a quick fix hands over operations that remove the problem', async () => {
  const { onFix, onGo } = open(DRAFT);
  await userEvent.click(rows()[0]!);
  await userEvent.click(screen.getByRole('button', { name: 'Add an undo' }));
  const outcome = applyGesture(DRAFT, { operations: onFix.mock.calls[0]![0] });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  expect(problemsOf(outcome.draft, catalogue).map(({ code }) => code)).not.toContain('lint/no-undo');
  expect(onGo).toHaveBeenCalledTimes(1);
});

test('[PP4] j, k, Enter and Esc work on all rows', async () => {
  const { onGo } = open(DRAFT);
  await userEvent.keyboard('j');
  expect(document.activeElement).toBe(rows()[0]);
  await userEvent.keyboard('jj');
  expect(document.activeElement).toBe(rows()[1]);
  await userEvent.keyboard('k{Enter}');
  expect(onGo.mock.calls).toEqual([['charge', ['undo']]]);
  await userEvent.keyboard('{Escape}');
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Flow' }));
  expect(fixes()).toEqual([]);
});

test('[PP6] what was deleted is put back beside the problem of an expression that still reads it', async () => {
  const was = DRAFT.steps[0]!;
  const next = DRAFT.steps[1]?.id ?? null;
  const slot = { parent: null, branch: null, after: null, before: next };
  const deleted = withDeleted(NOTHING_DELETED, [{ op: 'remove', id: was.id, was, from: slot }]);
  const without = { ...DRAFT, steps: DRAFT.steps.slice(1) };
  const reads = { code: 'expression', severity: 'error' as const, nodeId: null, path: [], message: 'Not here.' };
  const problems = withDeletions([{ ...reads, unknown: was.id }], without, deleted);
  const { onFix } = open(without, problems, deleted);
  await userEvent.click(rows()[0]!);
  expect(rows()[0]!.textContent).toContain(`was deleted, so '${was.id}' cannot be read here. Put it back`);
  await userEvent.click(screen.getByRole('button', { name: /^Put '.*' back$/ }));
  expect(onFix.mock.calls).toEqual([[[{ op: 'insert', node: was, slot }]]]);
});

test('[PP1] a flow without problems says that it can be published', () => {
  open(DRAFT, []);
  expect(screen.getByText('No problems')).toBeTruthy();
});

test('[PP5] the branch is named by its number and title, the field as its form calls it', () => {
  const document = parseFlow({
    format: 2,
    name: 'test',
    title: 'Test',
    input: { type: 'object' },
    steps: [
      {
        id: 'large',
        kind: 'choice',
        title: 'Large order?',
        branches: [{ id: 'above', title: 'Above 500.00', when: 'input.amount > 500', steps: [] }],
      },
    ],
  });
  const at = (path: (string | number)[]) => ({
    code: 'expression',
    severity: 'error' as const,
    nodeId: 'large',
    path,
    message: `m ${path.join('/')}`,
  });
  open(draftOf(document), [
    at(['branches', 0, 'when']),
    at(['branches', 0]),
    at(['catch', 1, 'types']),
    at(['input', 'toBe']),
  ]);
  const told = rows().map((row) => row.textContent ?? '');
  for (const place of [
    'Large order?, branch 1 (Above 500.00): taken if',
    'Large order?, branch 1 (Above 500.00)',
    'Large order?, failure handler 2: handles failures of these types',
    'Large order?: input › toBe',
  ])
    expect(
      told.some((text) => text.endsWith(place)),
      `${place} in ${told.join(' | ')}`
    ).toBe(true);
});
