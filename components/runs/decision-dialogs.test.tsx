// @vitest-environment jsdom
/**
 * The dialogs in which a person decides about a run.
 *
 * Rules
 * [RQ1] A dialog opens with the focus on the chosen answer, and sends exactly the answer that is chosen.
 * [RQ2] An answer that needs a reason is not sent without one; the field says so.
 * [RQ3] A refusal is shown in the dialog, which remains open with all that was entered.
 * [RQ4] After a lost answer the dialog says that the outcome is not known. The same answer is sent again under the same
 *       request id; another answer has another id.
 * [RQ5] While nothing can be sent the button is disabled with the reason.
 * [RQ6] Only answers that can work are offered.
 * [RQ7] If somebody else decides first, an open dialog remains with what was typed and says so.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { routes } from '@/app/_contract/routes';
import { Administrator, answers, show } from '@/components/live/testing/server';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { RunFacts } from '@/engine/run-view/model';
import { HistoryWriter } from '@/engine/run-view/testing/history';
import { runs } from '@/engine/run-view/testing/runs';
import { UNDO_INPUT } from '@/engine/saga/contract';
import { endableWait, EndWaitAct } from './end-wait-dialog';
import { HandBand } from './hand-band';
import { OutcomeDialog } from './outcome-dialog';
import type { RunView } from './run-view';
import { RunDialogs } from './run-dialogs';
import { SettleAct } from './settle-dialog';
import { KillDialog, StopDialog } from './stop-dialog';
import { manifest, viewOf } from './testing/view';
import { UndoDialog } from './undo-dialog';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const BY = { ok: { at: 1, by: 'Ada' } };
const REFUSED = {
  refused: { code: 'refused' as const, message: 'Bob has already decided.', whatToDo: 'Nothing was changed.' },
};
const AWAY = 'The engine does not answer. Nothing can be sent to the run now.';
const noop = () => undefined;
const entryOf = ({ projection }: RunView, nodeId: string) =>
  projection.ledger.entries.find((entry) => entry.nodeId === nodeId)!;
const reason = () => screen.getByRole('textbox', { name: /Reason/ });
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const press = (name: string | RegExp) => userEvent.click(button(name));
/** The value of the field that has the focus. */
const focused = () => (document.activeElement as HTMLInputElement).value;

/** A run that turns back and waits for the answer of its payment. */
const waiting = (): RunFacts => {
  const history = new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
  const sinceMs = history.nowMs;
  return history.facts({
    pending: [history.pending('charge-payment')],
    nodes: {
      phase: 'unwinding',
      nodes: {},
      waitsFor: [],
      endable: [{ nodeId: 'charge-payment', activityId: 'charge-payment', role: 'do', sinceMs }],
    },
  });
};

interface Case {
  facts: () => RunFacts;
  dialog: (view: RunView, onClose: () => void) => ReactElement;
  /** Opens the dialog, where it has a button of its own. */
  opens?: string;
  /** The button that sends the first answer. */
  sends: RegExp;
  url: string;
  body: object;
  needsReason: boolean;
}
const CASES: Record<string, Case> = {
  'an undo that failed': {
    facts: runs.needsHand,
    dialog: (view, onClose) => (
      <UndoDialog view={view} entry={entryOf(view, 'charge-payment')} first="leave" onClose={onClose} />
    ),
    sends: /^Leave it as it is$/,
    url: routes.decideUndo('order-1', 'r-1'),
    body: { nodeId: 'charge-payment', choice: 'leave', reason: 'I looked' },
    needsReason: true,
  },
  'an unknown outcome': {
    facts: runs.unknown,
    dialog: (view, onClose) => (
      <OutcomeDialog view={view} nodeId="charge-payment" first="notApplied" onClose={onClose} />
    ),
    sends: /^It did not happen$/,
    url: routes.decideOutcome('order-1', 'r-1'),
    body: { nodeId: 'charge-payment', choice: 'notApplied', reason: 'I looked' },
    needsReason: true,
  },
  'an effect of a closed run': {
    facts: runs.terminated,
    dialog: (view) => <SettleAct view={view} entry={entryOf(view, 'charge-payment')} />,
    opens: 'Settle…',
    sends: /^It was undone by hand$/,
    url: routes.settle('order-1', 'r-1'),
    body: { activityId: 'charge-payment', found: 'undone', reason: 'I looked' },
    needsReason: true,
  },
  'a wait for an answer': {
    facts: waiting,
    dialog: (view) => <EndWaitAct view={view} wait={endableWait(view, 'charge-payment')!} />,
    opens: 'End the wait…',
    sends: /^End the wait$/,
    url: routes.decideOutcome('order-1', 'r-1'),
    body: { nodeId: 'charge-payment', choice: 'endWait', reason: 'I looked' },
    needsReason: true,
  },
  'a run to kill': {
    facts: runs.retrying,
    dialog: (view, onClose) => <KillDialog view={view} onClose={onClose} />,
    sends: /^Kill now/,
    url: routes.terminate('order-1', 'r-1'),
    body: { reason: 'I looked' },
    needsReason: true,
  },
  'a run to stop': {
    facts: runs.retrying,
    dialog: (view, onClose) => <StopDialog view={view} onClose={onClose} />,
    sends: /^Stop and undo 3 steps$/,
    url: routes.cancel('order-1', 'r-1'),
    body: { reason: 'I looked' },
    needsReason: false,
  },
};

async function open({ facts, dialog, opens }: Case, change: Partial<RunView> = {}) {
  const onClose = vi.fn();
  const view = viewOf(facts(), change);
  const client = show(<RunDialogs view={view}>{dialog(view, onClose)}</RunDialogs>);
  if (opens) await press(opens);
  return { onClose, client };
}

describe.each(Object.entries(CASES))('%s', (_name, given) => {
  test('[RQ1] the chosen answer is sent with its reason, once, to the run that the page shows', async () => {
    const sent = answers(BY);
    await open(given);
    await userEvent.type(reason(), 'I looked');
    await press(given.sends);
    await waitFor(() => expect(sent).toHaveLength(1));
    const { requestId, ...body } = sent[0]!.body;
    expect({ url: sent[0]!.url, body }).toEqual({ url: given.url, body: given.body });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('[RQ2] without a reason nothing is sent where one is needed', async () => {
    const sent = answers(BY);
    await open(given);
    await press(given.sends);
    if (given.needsReason) {
      expect(screen.getByText('Enter a reason. It is kept with the run.')).toBeTruthy();
      expect(sent).toEqual([]);
    } else await waitFor(() => expect(sent.map(({ body }) => Object.keys(body))).toEqual([['requestId']]));
  });

  test('[RQ3] a refusal is shown in the dialog, which keeps what was entered', async () => {
    answers(REFUSED);
    const { onClose } = await open(given);
    await userEvent.type(reason(), 'I looked');
    await press(given.sends);
    const dialog = within(screen.getByRole('dialog'));
    expect(await dialog.findByText(/Bob has already decided/)).toBeTruthy();
    expect((reason() as HTMLTextAreaElement).value).toBe('I looked');
    expect(onClose).not.toHaveBeenCalled();
  });

  test('[RQ4] after a lost answer the same request is sent again, and a changed one has another id', async () => {
    const sent = answers('lost', 'lost', BY);
    await open(given);
    await userEvent.type(reason(), 'I looked');
    await press(given.sends);
    expect(await screen.findByText(/it is not known whether it arrived/)).toBeTruthy();
    await press(given.sends);
    await waitFor(() => expect(sent).toHaveLength(2));
    await userEvent.type(reason(), ' again');
    await press(given.sends);
    await waitFor(() => expect(sent).toHaveLength(3));
    const [first, second, changed] = sent.map(({ body }) => body.requestId);
    expect(second).toBe(first);
    expect(changed).not.toBe(first);
  });
});

test.each(Object.entries(CASES).filter(([, { opens }]) => !opens))(
  '[RQ5] %s: while nothing can be sent the button is disabled with the reason',
  async (_name, given) => {
    const sent = answers(BY);
    await open(given, { blocked: AWAY });
    await userEvent.type(reason(), 'I looked');
    expect(button(given.sends).getAttribute('aria-disabled')).toBe('true');
    await userEvent.hover(button(given.sends));
    expect((await screen.findAllByText(AWAY)).length).toBeGreaterThan(0);
    await press(given.sends);
    expect(sent).toEqual([]);
  }
);
test('[RQ5] a person who may not settle effects cannot open the dialog, and neither can anybody while the engine is away', async () => {
  const view = viewOf(runs.terminated());
  const may = { ...view.detail.may, resolve: false };
  const refused = { ...view, detail: { ...view.detail, may } };
  show(
    <RunDialogs view={refused}>
      <SettleAct view={refused} entry={entryOf(view, 'charge-payment')} />
    </RunDialogs>
  );
  await press('Settle…');
  expect(screen.queryByRole('dialog')).toBeNull();
  expect((await screen.findAllByText('Your role does not allow you to settle an effect.')).length).toBeGreaterThan(0);
  cleanup();
  const away = { what: 'engine' as const, sentence: AWAY, reason: AWAY };
  show(
    <RunDialogs view={{ ...view, away }}>
      <SettleAct view={{ ...view, away }} entry={entryOf(view, 'charge-payment')} />
    </RunDialogs>
  );
  await press('Settle…');
  expect(screen.queryByRole('dialog')).toBeNull();
});

describe('the focus', () => {
  test.each([
    ['an undo that failed', 'leave'],
    ['an unknown outcome', 'notApplied'],
    ['an effect of a closed run', 'undone'],
  ])('[RQ1] %s: the dialog opens with the focus on the answer %s', async (name, answer) => {
    await open(CASES[name]!);
    expect(focused()).toBe(answer);
  });
  test('[RQ1] the button names the answer that was chosen instead', async () => {
    await open(CASES['an undo that failed']!);
    await userEvent.click(screen.getByLabelText(/^I undid it by hand/));
    expect(button('I undid it by hand')).toBeTruthy();
  });
});

describe('[RQ6] the offered answers', () => {
  const offered = () => screen.getAllByRole('radio').map((each) => (each as HTMLInputElement).value);

  test('an undo whose input cannot be made is not offered to be tried again', () => {
    const facts = runs.needsHand();
    const [wait] = facts.nodes!.waitsFor;
    const error = { type: UNDO_INPUT, message: 'no receipt' };
    const nodes = { ...facts.nodes!, waitsFor: [{ ...wait, error } as typeof wait & object] };
    const view = viewOf({ ...facts, nodes });
    show(<UndoDialog view={view} entry={entryOf(view, 'charge-payment')} first="doneByHand" onClose={noop} />);
    expect(offered()).toEqual(['doneByHand', 'leave']);
    expect(screen.getByText(/Its input could not be made/)).toBeTruthy();
  });
  test('a step without an undo is not offered to be undone', () => {
    const view = viewOf(runs.unknown());
    const readBy = { ...manifest, nodes: { 'charge-payment': { ...manifest.nodes['charge-payment']!, undo: null } } };
    show(<OutcomeDialog view={{ ...view, readBy }} nodeId="charge-payment" first="applied" onClose={noop} />);
    expect(offered()).toEqual(['applied', 'notApplied']);
  });
  test("'It did not happen' is offered only while the outcome is unknown", async () => {
    const { client } = await open(CASES['an effect of a closed run']!);
    expect(offered()).toEqual(['undone', 'remains']);
    client.clear();
    cleanup();
    const view = viewOf(runs.terminated());
    show(
      <RunDialogs view={view}>
        <SettleAct view={view} entry={entryOf(view, 'create-shipment')} />
      </RunDialogs>
    );
    await press('Settle…');
    expect(offered()).toEqual(['undone', 'notApplied', 'remains']);
  });
  test('a wait of a run that has ended cannot be ended', () => {
    const open = viewOf(waiting());
    expect(endableWait(open, 'charge-payment')).toBeTruthy();
    const closed = { ...open.live, summary: { ...open.live.summary, closeMs: 1 } };
    expect(endableWait({ live: closed }, 'charge-payment')).toBeUndefined();
    expect(endableWait(open, 'reserve-inventory')).toBeUndefined();
  });
});

test('[RQ1] the output that later steps read is asked for, checked by its schema, and sent with the answer', async () => {
  const sent = answers(REFUSED, BY);
  const output = {
    type: 'object' as const,
    properties: { receipt: { type: 'string' as const, title: 'Receipt' } },
    required: ['receipt'],
  };
  const node = { ...manifest.nodes['charge-payment']!, output };
  const readBy = { ...manifest, nodes: { ...manifest.nodes, 'charge-payment': node } };
  const onClose = vi.fn();
  const view = viewOf(runs.unknown(), { readBy });
  show(<OutcomeDialog view={view} nodeId="charge-payment" first="applied" onClose={onClose} />);
  await userEvent.type(screen.getByRole('textbox', { name: /Receipt/ }), 'c-7');
  await press('It happened');
  expect(screen.getByText('Enter a reason. It is kept with the run.')).toBeTruthy();
  expect(sent).toEqual([]);
  await userEvent.type(reason(), 'I looked');
  await press('It happened');
  expect(await screen.findByText(/Bob has already decided/)).toBeTruthy();
  await press('It happened');
  await waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  expect(sent[1]!.body).toMatchObject({ choice: 'applied', output: { receipt: 'c-7' }, reason: 'I looked' });
});

test('[RQ1] after an effect was settled the page reads the run again before the dialog closes', async () => {
  answers(BY);
  const { client } = await open(CASES['an effect of a closed run']!);
  const invalidate = vi.spyOn(client, 'invalidateQueries');
  await userEvent.type(reason(), 'I looked');
  await press(/^It was undone by hand$/);
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(invalidate).toHaveBeenCalledWith({ queryKey: ['run', 'order-1', 'r-1'] });
});

describe('[RQ7] somebody else decides first', () => {
  const page = (view: RunView) => (
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>
        <Administrator>
          <RunDialogs view={view}>
            <HandBand view={view} onSelect={noop} />
          </RunDialogs>
        </Administrator>
      </TooltipProvider>
    </QueryClientProvider>
  );
  test.each([
    ['a failed undo', runs.needsHand, 'Leave it as it is…', /^Leave it as it is$/],
    ['an unknown outcome', runs.unknown, 'It did not happen…', /^It did not happen$/],
  ] as const)(
    '%s: after a kill or an answer the dialog remains with what was typed, and sends nothing',
    async (_name, facts, opens, sends) => {
      const sent = answers(BY);
      const { rerender } = render(page(viewOf(facts())));
      await press(opens);
      await userEvent.type(reason(), 'I looked');
      expect(screen.queryByText(/no longer asks/)).toBeNull();
      const others = facts();
      const nodes = others.nodes && { ...others.nodes, waitsFor: [] };
      rerender(page(viewOf({ ...facts(), status: 'terminated' })));
      expect(screen.getByText(/The run has ended and no longer asks this/)).toBeTruthy();
      rerender(page(viewOf(facts === runs.unknown ? { ...others, nodes } : runs.unwinding())));
      expect(screen.getByText(/The run no longer asks this/)).toBeTruthy();
      expect((reason() as HTMLTextAreaElement).value).toBe('I looked');
      await press(sends);
      expect(sent).toEqual([]);
    }
  );
});
