// @vitest-environment jsdom
/**
 * The page of a run of a chain.
 *
 * [RCL1] A run that continued as new offers the next one, where a reader looks first, above its ledger and among its ids.
 * [RCL2] A run that continues another one names it, and says so above the ledger if effects of it are in there.
 */
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { pages } from '@/app/_contract/routes';
import type { RunEvent, RunFacts } from '@/engine/run-view/model';
import { Administrator, show } from '@/components/live/testing/server';
import { HandBand } from './hand-band';
import { PassedOnNotes } from './passed-on-notes';
import { viewOf } from './testing/view';
import { AboutPanel } from './value-panels';

afterEach(cleanup);

const event = (id: number, type: string, attributes: RunEvent['attributes']): RunEvent => ({
  id,
  timeMs: id,
  type,
  attributes,
});
const effect = { kinds: [], scope: { unwind: 'reverse', items: [[0, 'charge-payment', 1, null]] } };
const kind = {
  title: 'Charge payment',
  effect: 'reversible',
  state: 'standing',
  happened: 'yes',
  undo: null,
  undoProblem: null,
  late: null,
  undoRan: false,
  mayBeUndone: false,
  keysOf: null,
};
const carried = {
  continues: 1,
  loop: { id: 'loop', next: 2 },
  failure: null,
  values: null,
  outputs: {},
  effects: { ...effect, kinds: [kind] },
  armed: 1,
  pivoted: false,
  nodes: {},
  signals: {},
  tasks: {},
  deadlineAtMs: null,
  searchable: {},
};
const closed: RunFacts = {
  status: 'continuedAsNew',
  events: [
    event(1, 'WorkflowExecutionStarted', { continuedExecutionRunId: 'r-0', input: [{}, carried] }),
    event(2, 'WorkflowExecutionContinuedAsNew', { newExecutionRunId: 'r-2' }),
  ],
  pending: [],
  nodes: null,
  workflowTask: null,
  nowMs: 3,
};
const linksTo = (runId: string) =>
  screen.getAllByRole('link').filter((link) => link.getAttribute('href') === pages.run('order-1', runId));

test('[RCL1] [RCL2] the neighbours of a run in its chain', () => {
  const view = viewOf(closed);
  show(
    <>
      <Administrator>
        <HandBand view={view} onSelect={() => undefined} />
      </Administrator>
      <PassedOnNotes view={view} />
      <AboutPanel view={view} />
    </>
  );
  expect(linksTo('r-2').map(({ textContent }) => textContent)).toEqual(['Open the next run', 'the next run', 'r-2']);
  expect(linksTo('r-0').map(({ textContent }) => textContent)).toEqual(['the run before it', 'r-0']);
  expect(screen.getAllByText(/1 effect belongs to the next run now: Charge payment/)).not.toEqual([]);
});

test('[RCL1] [RCL2] a run that is alone has no neighbours', () => {
  const [started] = closed.events;
  const alone: RunFacts = {
    ...closed,
    status: 'running',
    events: [{ ...started!, attributes: { continuedExecutionRunId: '', input: [{}] } }],
  };
  const view = viewOf(alone);
  render(
    <>
      <PassedOnNotes view={view} />
      <AboutPanel view={view} />
    </>
  );
  expect(screen.queryAllByRole('link')).toEqual([]);
});
