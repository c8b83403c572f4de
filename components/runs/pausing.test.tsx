// @vitest-environment jsdom
/**
 * Pause, resume, retry now and options on the page of a run. [PWO1] to [PWO4] are the words, in pause-words.ts.
 *
 * [RPD1] Each dialog sends what it says, and a pause is not sent without its reason.
 * [RPD2] A dialog about what somebody else has done meanwhile, or about a step that ended, remains with what was typed,
 *        says so, and sends nothing.
 * [RPD3] A paused run says who, when and why, and offers its end. Decisions and updates are disabled with that reason;
 *        signals and a stop are not.
 * [RPD4] A pending step offers what can be done with it now: retry now only while it waits, resume only while it is
 *        paused.
 * [RPD5] Only options that were changed are sent. What is no duration or number is said at its field.
 * [RPD6] The last heartbeat is shown with its age and its details.
 */
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { routes } from '@/app/_contract/routes';
import { Administrator, answers, show } from '@/components/live/testing/server';
import type { PendingActivityView, RunFacts, StepOptions } from '@/engine/run-view/model';
import { HistoryWriter } from '@/engine/run-view/testing/history';
import { runs } from '@/engine/run-view/testing/runs';
import { HandBand } from './hand-band';
import { OptionsDialog } from './options-dialog';
import { PauseBand } from './pause-band';
import { PauseRunDialog, PauseStepDialog, ResumeRunDialog, ResumeStepDialog, RetryStepDialog } from './pause-dialogs';
import { afterPause, afterStepPause, retriedNow, whilePaused, whileStepPaused } from './pause-words';
import { PendingPanel } from './pending-panel';
import { RunDialogs } from './run-dialogs';
import type { RunView } from './run-view';
import { cannotSend } from './send-dialog';
import { StopDialog } from './stop-dialog';
import { viewOf } from './testing/view';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const OK = { ok: { at: 1, by: 'Ada' } };
const WHY = 'The shop is closed.';
const noop = () => undefined;
const button = (name: string | RegExp) => screen.getByRole('button', { name });
const press = (name: string | RegExp) => userEvent.click(button(name));
const reason = () => screen.getByRole('textbox', { name: /Reason/ });
const isDisabled = (name: string | RegExp) => button(name).getAttribute('aria-disabled') === 'true';

const OPTIONS: StepOptions = {
  scheduleToCloseMs: 0,
  startToCloseMs: 60_000,
  heartbeatMs: 0,
  initialIntervalMs: 1_000,
  backoffCoefficient: 2,
  maximumIntervalMs: 90_000,
  maximumAttempts: 5,
};
const BY_OLGA = { by: 'Olga', reason: WHY, atMs: 1 };
const charging = () => new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
const facts = (history: HistoryWriter, more: Partial<PendingActivityView>): RunFacts =>
  history.facts({ pending: [history.pending('charge-payment', { options: OPTIONS, ...more })] });
const retrying = (more: Partial<PendingActivityView> = {}) => {
  const history = charging();
  const nextAttemptMs = history.nowMs + 240_000;
  const lastFailure = { type: 'X', message: 'nobody there' };
  return viewOf(facts(history, { state: 'backingOff', attempt: 2, nextAttemptMs, lastFailure, ...more }));
};
const activityOf = ({ live }: RunView) => live.pending[0]!;
/** An approval whose time is over in this many milliseconds. */
function asking(inMs: number): RunView {
  const of = runs.waitsForApproval();
  const opening = of.events.find(({ attributes }) => attributes.activityId === 'approve-order:open');
  Object.assign((opening?.attributes.input as [object])[0], { dueAtMs: of.nowMs + inMs });
  return viewOf(of);
}
/** As the page of a paused run is. */
function pausedView(of: RunFacts, change: Partial<RunView> = {}): RunView {
  const id = of.events.length + 1;
  const attributes = { identity: 'Olga', reason: WHY };
  const event = { id, timeMs: of.nowMs, type: 'WorkflowExecutionPaused', attributes };
  return viewOf(
    { ...of, events: [...of.events, event] },
    { undecided: 'The run is paused: resume it first.', ...change }
  );
}

describe('the words', () => {
  test('[PWO1] a pause names what is under way, what is held back, and what runs on', () => {
    expect(whilePaused(viewOf(facts(charging(), {})))).toEqual([
      'Under way: Charge payment. Its request was sent; it ends by its own answer, which is kept.',
      'Timers and time limits run on. What they cause happens when the run is resumed.',
      'Signals and a stop are kept until then. Updates and decisions are refused.',
    ]);
    expect(whilePaused(retrying())[0]).toBe('Held back: Charge payment.');
    const limited = charging();
    limited.json[0] = {
      ...limited.json[0],
      workflowExecutionStartedEventAttributes: { workflowRunTimeout: '3600s' },
    };
    expect(whilePaused(viewOf(facts(limited, {}))).join(' ')).toContain(
      'but the time limit of the run itself closes it, and undoes nothing'
    );
  });
  test('[PWO2] a pause names the approval that nobody can decide, and what its time limit does', () => {
    expect(whilePaused(asking(60_000))[0]).toBe(
      'Finance approves: nobody can decide meanwhile. Its time runs on; if it is over by then, it fails automatically when the run is resumed.'
    );
    expect(whilePaused(viewOf(runs.waitsForApproval()))[0]).toBe('Finance approves: nobody can decide meanwhile.');
  });
  test('[PWO3] the end of a pause names what begins at once, what is late, and what stays paused', () => {
    const history = charging();
    const due = viewOf(facts(history, { state: 'backingOff', nextAttemptMs: history.nowMs - 1 }));
    expect(afterPause(due)).toContain('At once: Charge payment.');
    expect(afterPause(retrying()).join(' ')).not.toContain('At once');
    const own = retrying({ state: 'paused', nextAttemptMs: null, pause: BY_OLGA });
    expect(afterPause(own)).toContain('Paused by itself, and stays so: Charge payment.');
    expect(afterPause(asking(-1))).toContain('Finance approves: its time is over, so it fails automatically.');
    expect(afterPause(asking(60_000)).join(' ')).not.toContain('Finance approves');
  });
  test('[PWO3] the end of the pause of a step says when its next attempt begins, or that it fails', () => {
    const own: Partial<PendingActivityView> = { state: 'paused', nextAttemptMs: null, pause: BY_OLGA };
    const view = retrying(own);
    expect(afterStepPause(view, activityOf(view))).toBe('Attempt 2 begins at once.');
    const both = pausedView(facts(charging(), { ...own, attempt: 2 }));
    expect(afterStepPause(both, activityOf(both))).toBe('Attempt 2 begins when the run is resumed too.');
    const late = retrying({ ...own, options: { ...OPTIONS, scheduleToCloseMs: 500 } });
    expect(afterStepPause(late, activityOf(late))).toMatch(/ is over: it fails at once\.$/);
    const running = viewOf(facts(charging(), { state: 'pauseRequested', pause: BY_OLGA }));
    expect(afterStepPause(running, activityOf(running))).toMatch(/^Its attempt goes on\./);
  });
  test('[PWO4] a step without an attempt left, or with a limit for all of them, fails in spite of its pause', () => {
    const words = (more: Partial<PendingActivityView>) =>
      whileStepPaused(activityOf(viewOf(facts(charging(), more)))).join(' ');
    expect(words({ attempt: 5 })).toContain('if it fails, the step has failed in spite of the pause.');
    expect(words({ attempt: 2 })).toContain('If it fails, the next attempt waits until somebody resumes it.');
    expect(words({ state: 'backingOff', attempt: 2 })).toContain('Attempt 2 does not begin until somebody resumes it.');
    expect(words({ options: { ...OPTIONS, scheduleToCloseMs: 600_000 } })).toContain(
      'Its time limit of 10 minutes for all attempts runs on'
    );
  });
  test('[PWO4] a retry says how many attempts there are again, and that the key is the same', () => {
    const view = retrying();
    expect(retriedNow(view, activityOf(view))).toEqual([
      'The retry policy begins its count again: up to 5 attempts, from number 2 on.',
      'It is called with the same idempotency key as before.',
    ]);
    const endless = retrying({ options: { ...OPTIONS, maximumAttempts: 0 } });
    expect(retriedNow(endless, activityOf(endless))[0]).toMatch(/^The waits between the attempts begin again/);
  });
});

describe('the dialogs', () => {
  const step = { activityId: 'charge-payment' };
  test.each([
    ['pause', PauseRunDialog, () => retrying(), 'Pause', routes.pauseRun, { reason: WHY }],
    ['resume', ResumeRunDialog, () => pausedView(facts(charging(), {})), 'Resume', routes.resumeRun, { reason: WHY }],
  ] as const)('[RPD1] %s of a run', async (_, Dialog, make, label, url, body) => {
    const sent = answers(OK);
    const onClose = vi.fn();
    show(<Dialog view={make()} onClose={onClose} />);
    await userEvent.type(reason(), WHY);
    await press(label);
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toMatchObject([{ url: url('order-1', 'r-1'), body }]);
  });
  test.each([
    ['pause', PauseStepDialog, {}, 'Pause the step', routes.pauseStep, { ...step, reason: WHY }],
    ['resume', ResumeStepDialog, { state: 'paused', pause: BY_OLGA }, 'Resume the step', routes.resumeStep, step],
    ['retry', RetryStepDialog, {}, 'Retry now', routes.retryStep, step],
  ] as const)('[RPD1] %s of a step', async (what, Dialog, more, label, url, body) => {
    const sent = answers(OK);
    const onClose = vi.fn();
    const view = retrying(more);
    show(<Dialog view={view} activity={activityOf(view)} onClose={onClose} />);
    if (what === 'pause') await userEvent.type(reason(), WHY);
    await press(label);
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(sent).toMatchObject([{ url: url('order-1', 'r-1'), body }]);
  });
  test('[RPD1] a pause without a reason is not sent', async () => {
    const sent = answers(OK);
    show(<PauseRunDialog view={retrying()} onClose={noop} />);
    await press('Pause');
    expect(screen.getByRole('alert').textContent).toBe('Enter a reason. It is kept with the run.');
    expect(sent).toEqual([]);
  });

  test('[RPD2] somebody else was first: the dialog says so and sends nothing', async () => {
    const sent = answers(OK);
    show(<PauseRunDialog view={pausedView(facts(charging(), {}))} onClose={noop} />);
    expect(screen.getByText('The run is paused already, by Olga.')).toBeTruthy();
    await userEvent.type(reason(), WHY);
    await press('Pause');
    cleanup();
    show(<ResumeRunDialog view={retrying()} onClose={noop} />);
    expect(screen.getByText('The run is not paused any more.')).toBeTruthy();
    cleanup();
    const view = retrying({ state: 'paused', pause: BY_OLGA });
    show(<PauseStepDialog view={view} activity={activityOf(retrying())} onClose={noop} />);
    expect(screen.getByText('It is paused already, by Olga.')).toBeTruthy();
    expect(sent).toEqual([]);
  });
  test('[RPD2] the step ended: each dialog says so and sends nothing', async () => {
    const sent = answers(OK);
    const before = activityOf(retrying());
    const ended = viewOf(charging().complete('charge-payment').facts());
    for (const [dialog, label] of [
      [<PauseStepDialog key="p" view={ended} activity={before} onClose={noop} />, 'Pause the step'],
      [<ResumeStepDialog key="r" view={ended} activity={before} onClose={noop} />, 'Resume the step'],
      [<RetryStepDialog key="n" view={ended} activity={before} onClose={noop} />, 'Retry now'],
      [<OptionsDialog key="o" view={ended} activity={before} options={OPTIONS} onClose={noop} />, 'Change'],
    ] as const) {
      show(dialog);
      expect(screen.getByRole('status').textContent).toBe('It is no longer pending: it has ended meanwhile.');
      await press(label);
      cleanup();
    }
    expect(sent).toEqual([]);
  });

  test('[RPD5] only what was changed is sent, as milliseconds', async () => {
    const sent = answers(OK);
    const view = retrying();
    show(<OptionsDialog view={view} activity={activityOf(view)} options={OPTIONS} onClose={noop} />);
    expect(screen.getByRole<HTMLInputElement>('textbox', { name: 'Longest wait' }).value).toBe('90s');
    expect(isDisabled('Change')).toBe(true);
    const set = async (name: RegExp, text: string) => {
      const field = screen.getByRole('textbox', { name });
      await userEvent.clear(field);
      await userEvent.type(field, text);
    };
    await set(/Time for one attempt/, '2 minutes');
    await set(/Time for all attempts/, '1h');
    await set(/^Attempts/, '0');
    await press('Change');
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject(step);
    expect(sent[0]?.body.options).toEqual({
      startToCloseMs: 120_000,
      scheduleToCloseMs: 3_600_000,
      maximumAttempts: 0,
    });
  });
  test('[RPD5] a text that is no duration is said at its field, and nothing is sent', async () => {
    const sent = answers(OK);
    const view = retrying();
    show(<OptionsDialog view={view} activity={activityOf(view)} options={OPTIONS} onClose={noop} />);
    const field = screen.getByRole('textbox', { name: 'First wait' });
    for (const [text, said] of [
      ['soon', 'A number and a unit: 30s, 5m, 12h.'],
      ['0s', 'At least 1 millisecond.'],
    ] as const) {
      await userEvent.clear(field);
      await userEvent.type(field, text);
      await press('Change');
      expect(screen.getByRole('alert').textContent).toBe(said);
    }
    expect(sent).toEqual([]);
  });
  test('[RPD5] the options of the flow are restored by their own button', async () => {
    const sent = answers(OK);
    const view = retrying();
    show(<OptionsDialog view={view} activity={activityOf(view)} options={OPTIONS} onClose={noop} />);
    await press('As in the flow');
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ ...step, options: null });
  });
});

describe('the page', () => {
  const page = (view: RunView) =>
    show(
      <RunDialogs view={view}>
        <PauseBand view={view} />
        <Administrator>
          <HandBand view={view} onSelect={noop} />
        </Administrator>
        <PendingPanel view={view} onSelect={noop} />
      </RunDialogs>
    );
  const acts = () =>
    ['Retry now…', 'Resume…', 'Pause…', 'Options…'].filter(
      (name) => screen.queryAllByRole('button', { name }).length > 0
    );

  test('[RPD3] the band says who, why and what goes on, and opens the dialog that resumes the run', async () => {
    page(pausedView(facts(charging(), {})));
    const band = screen.getByRole('region', { name: 'Paused' });
    expect(band.textContent).toContain('Paused by Olga');
    expect(band.textContent).toContain(WHY);
    expect(band.textContent).toContain('decisions are refused');
    await userEvent.click(screen.getAllByRole('button', { name: 'Resume…' })[0]!);
    expect(screen.getByRole('dialog', { name: 'Resume this run?' })).toBeTruthy();
  });
  test('[RPD3] decisions and updates are disabled with the reason; signals and a stop are not', () => {
    const view = pausedView(runs.needsHand());
    page(view);
    expect(isDisabled('Try again…')).toBe(true);
    expect(cannotSend('update', view)).toBe('The run is paused: resume it first.');
    expect(cannotSend('signal', { ...view, manifest: null })).toBeNull();
    cleanup();
    show(<StopDialog view={view} onClose={noop} />);
    expect(screen.getByText(/The stop is kept, and takes effect when somebody resumes it/)).toBeTruthy();
  });

  test('[RPD4] a step is offered what it can have now', () => {
    page(retrying());
    expect(acts()).toEqual(['Retry now…', 'Pause…', 'Options…']);
    cleanup();
    page(viewOf(facts(charging(), {})));
    expect(acts()).toEqual(['Pause…', 'Options…']);
    cleanup();
    page(retrying({ state: 'paused', nextAttemptMs: null, pause: BY_OLGA }));
    expect(acts()).toEqual(['Resume…', 'Options…']);
    expect(screen.getByText(/^Paused by Olga/, { selector: 'p' }).textContent).toContain(WHY);
    expect(screen.queryByText(/next attempt/)).toBeNull();
  });
  test('[RPD4] in a paused run the next attempt is held back, and cannot be made now', () => {
    page(pausedView(facts(charging(), { state: 'backingOff', attempt: 2, nextAttemptMs: 1 })));
    expect(screen.getByText(/^Waits until the run is resumed/, { selector: 'p' })).toBeTruthy();
    expect(isDisabled('Retry now…')).toBe(true);
  });
  test('[RPD4] a person without the right may do none of it', () => {
    page({ ...retrying(), blocked: 'Your role does not allow you to do this.' });
    for (const name of ['Pause…', 'Options…']) expect(isDisabled(name)).toBe(true);
  });
  test('[RPD6] the last heartbeat is shown with its age and its details', () => {
    page(viewOf(facts(charging(), { heartbeat: { done: 40 }, heartbeatMs: Date.now() - 12_000 })));
    expect(screen.getByText(/^Last heartbeat/).textContent).toMatch(/1[123]s ago/);
    expect(screen.getByText('40')).toBeTruthy();
  });
});
