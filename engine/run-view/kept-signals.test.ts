import { expect, it } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { project } from './project';
import { HistoryWriter } from './testing/history';
import { manifestOf } from './testing/order';

const wait = { id: 'until-paid', kind: 'waitForSignal', title: 'Until paid', signal: 'paid', timeout: '1h' };
const flowOf = (more: object) =>
  manifestOf(
    parseFlow({
      format: 2,
      name: 'bill',
      title: 'Bill',
      input: { type: 'object' },
      signals: { paid: { title: 'Paid', schema: {} } },
      steps: [{ ...wait, ...more }],
    })
  );

it('[KSI1] a wait says that its signal came and is not one that it waits for, once the run has heard of it', () => {
  const history = new HistoryWriter();
  history.timer('until-paid', 3_600);
  const sentence = (more: object = { when: 'argument.amount > 10' }) =>
    project(history.facts(), flowOf(more)).standing.sentence;
  const task = () => {
    const startedEventId = history.add('WorkflowTaskStarted', {});
    history.add('WorkflowTaskCompleted', { startedEventId: String(startedEventId) });
  };
  history.add('WorkflowExecutionSignaled', { signalName: 'paid' });
  history.add('WorkflowExecutionSignaled', { signalName: 'other' });
  expect(sentence()).toBe('Waits for a signal: Until paid.');
  task();
  expect(sentence()).toBe(
    "Waits for a signal: Until paid. The signal 'paid' came, but it is not one that this step waits for."
  );
  // Without a condition and without keys the step takes any.
  expect(sentence({})).toBe('Waits for a signal: Until paid.');
  history.add('WorkflowExecutionSignaled', { signalName: 'paid' });
  task();
  expect(sentence()).toContain("The signal 'paid' came 2 times, but none of them is one that this step waits for.");
});
