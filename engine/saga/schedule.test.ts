/** Data that is too large or cannot be encoded fails where the run made it, and the saga unwinds. */
import { describe, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { temporal } from '../proto';
import { closedBy, start, usesSagas, workflowsPath, world } from './testing/world';

provesHistories({ workflowsPath });
usesSagas();

const { EventType } = temporal.api.enums.v1;

describe('data that no server accepts', () => {
  it.each([
    ['[SZ1] the input of a step', 'largeInput', 'UnsendableData', "The input of 'b' has 3145"],
    ['[SZ1] the input of a step, counted in bytes', 'largeInputInBytes', 'UnsendableData', "The input of 'b' has 2764"],
    ['[SZ2] an input that refers to itself', 'notEncodable', 'UnsendableData', "The input of 'b' cannot be encoded"],
    [
      '[SZ6] an input that JSON would send as null',
      'dividedByZero',
      'UnsendableData',
      "The input of 'b' cannot be sent: 'rows.0.share' is Infinity, which is no number. Was something divided by zero?",
    ],
    [
      '[SZ6] such an output',
      'noNumberAsOutput',
      'UnsendableData',
      "The output of the flow cannot be sent: 'share' is NaN",
    ],
    ['[SZ3] the output of the flow', 'largeOutput', 'UnsendableData', 'The output of the flow has 3145730 bytes'],
    [
      '[SZ3] the output of a node that ends the flow',
      'largeEnd',
      'UnsendableData',
      'The output of the flow has 3145730',
    ],
    ['[SZ4] the message of a failure is cut', 'largeMessage', 'Refused', 'xxx'],
  ])('%s: no workflow task fails, and the earlier effects are undone', async (_, workflowType, type, message) => {
    const run = start(workflowType);
    await run.run();
    expect(world.calls).toEqual(['a', 'undo a a']);
    expect(closedBy(run)).toBe(type);
    const { failure } = run.state.closeEvent!.workflowExecutionFailedEventAttributes!;
    expect(failure!.message).toContain(message);
    expect(failure!.message!.length).toBeLessThan(200_000);
    expect(failure!.applicationFailureInfo?.nonRetryable).toBe(true);
    expect(run.events.some(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED)).toBe(false);
  });

  it('[SZ5] if an undo has such an input, a person is asked, even if undos are retried for ever', async () => {
    const run = start('largeUndo');
    await run.run();
    expect(world.calls).toEqual(['a', 'b', 'not-applied']);
    expect(run.state.searchAttributes.SagaPhase).toBe('needs-hand');
  });
});
