// @vitest-environment jsdom
/**
 * [RRD1] To a step, many runs are reset only by this Backstitch's own engine, and only if all are of one version of a flow.
 *        Otherwise the step is not offered, and the reason says what can be done.
 */
import { cleanup, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { answers, show } from '@/components/live/testing/server';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { ResetRunsDialog } from './reset-runs-dialog';

beforeAll(answerForLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const noop = () => undefined;
test.each([
  ['one version', { flow: 'order', version: 3, isCluster: false }, null],
  ['several versions', { flow: 'order', version: null, isCluster: false }, /Only for runs of one version/],
  ['a Temporal cluster', { flow: 'order', version: 3, isCluster: true }, /resets one run at a time to a step: open/],
])('[RRD1] runs of %s', async (_, of, why) => {
  answers({ ok: { runs: [], total: 0, startedBeforeMs: 1, more: null } });
  show(<ResetRunsDialog targets={{ runs: [] }} {...of} onStarted={noop} onClose={noop} />);
  const step = await screen.findByRole('radio', { name: /A step/ });
  expect((step as HTMLInputElement).disabled || step.getAttribute('aria-disabled') === 'true').toBe(why !== null);
  if (why) expect(screen.getByText(why)).toBeTruthy();
});
