import { expect, test } from 'vitest';
import { HistoryWriter } from '@/engine/run-view/testing/history';
import { runs } from '@/engine/run-view/testing/runs';
import { reportOf } from './report';
import { viewOf } from './testing/view';

const ADDRESS = 'https://backstitch.example/runs/order-1/r-1';

test('[RPO1] an undo that failed: what it needs, what failed, what remains', () => {
  const view = viewOf(runs.needsHand());
  const lines = reportOf(view, ADDRESS).split('\n');
  expect(lines.slice(0, 2)).toEqual([`order-1 · ${view.manifest?.document.title} v1.0 · Running`, ADDRESS]);
  expect(lines[2]).toMatch(/^Run r-1, started 1 Jan 1970, 00:00 UTC, open for /);
  expect(lines[4]).toBe(view.projection.whatNow?.sentence);
  expect(lines).toContain('- Charge payment: Refund payment failed: may remain');
  expect(lines).toContain('- Reserve inventory: remains');
  expect(lines.indexOf('Failed:')).toBeGreaterThan(4);
});

test('[RPO1] a paused step with its attempt and failure, in a paused run', () => {
  const history = new HistoryWriter().do('reserve-inventory').schedule('charge-payment');
  history.add('WorkflowExecutionPaused', { identity: 'Olga', reason: 'The shop is closed.' });
  const pause = { by: 'Bob', reason: 'Ask first.', atMs: 1 };
  const lastFailure = { type: 'X', message: 'nobody there' };
  const pending = [history.pending('charge-payment', { state: 'paused', attempt: 2, pause, lastFailure })];
  const report = reportOf(viewOf(history.facts({ pending })), ADDRESS);
  expect(report).toMatch(/^Paused by Olga at 21 Nov 2026, 09:00 UTC: The shop is closed\.$/m);
  expect(report).toContain('Pending:\n- Charge payment, attempt 2 of 5, paused by Bob: nobody there\n');
});

test('[RPO1] [RPO2] a run that went well is short, and no report has data of its run', () => {
  const report = reportOf(viewOf(runs.completed()), ADDRESS);
  expect(report).not.toMatch(/^(Failed|Pending):/m);
  const history = new HistoryWriter().schedule('reserve-inventory', { sku: 'LINEN-3' });
  history.complete('reserve-inventory', { reservationId: 'R-77' }).schedule('charge-payment', { amount: '129.00' });
  const said = reportOf(viewOf(history.facts({ pending: [history.pending('charge-payment')] })), ADDRESS);
  expect(said).toContain('Reserve inventory: remains');
  for (const data of ['LINEN-3', 'R-77', '129.00']) expect(said).not.toContain(data);
});
