/** How refusals of the engine are reported to a caller of the web. */
import { expect, test } from 'vitest';
import { fromEngine } from './failure';

const refusal = (code: number, details: string) => fromEngine(Object.assign(new Error(details), { code, details }));

test('[FA1] a signal that a run near its limits refuses is refused by limit and not retried', () => {
  const near = refusal(9, 'limit maxBytes: the history has 41943040 bytes, 80 % of the 52428800 that a run may have');
  expect(near?.code).toBe('refused');
  expect(near?.message).toMatch(/^Limit maxBytes: the history has 41943040 bytes/);
});

test('[FA6] an update of a paused run is refused with the reason', () => {
  const paused = refusal(9, 'Workflow is paused. Cannot update the workflow.');
  expect(paused).toMatchObject({ code: 'refused', message: expect.stringMatching(/^This run is paused\./) as string });
});

test('[FA7] a reset that the engine refuses is refused with its reason; before, it looked like a fault of the server', () => {
  const why = "workflow_task_finish_event_id: a saga cannot be reset to there: the step 'pay' was undone, and so on";
  expect(refusal(9, why)).toMatchObject({
    code: 'refused',
    message: "The run cannot be reset to this point. The step 'pay' was undone, and so on. Nothing was changed.",
  });
});

test('[FA2] any other failed precondition is left to the operation that made the call', () => {
  expect(refusal(9, 'the workflow has not run yet')).toBeNull();
});
