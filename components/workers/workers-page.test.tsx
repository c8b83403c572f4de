// @vitest-environment jsdom
import { cleanup, screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import type { Workers } from '@/app/_contract/workers';
import { show } from '@/components/live/testing/server';
import { WorkersPage } from './workers-page';

afterEach(cleanup);

const engine: NonNullable<Workers['engine']> = {
  host: 'a',
  pid: 7,
  version: '1',
  node: '24',
  startedMs: 0,
  isActive: true,
  residentBytes: 1e8,
  runsInMemory: 0,
  hostedRuns: 0,
  threads: 1,
  endedThreads: 0,
  workflowTasks: 0,
  attempts: 0,
};
const workers: Workers = { engine, standbys: [], webs: [], pollers: [], queues: [], flows: [], missing: null };

test('[WRK3] an engine that waits to take over is on the page with since when; without one nothing is said of it', () => {
  const standbys = [{ name: 'b/17', sinceMs: Date.now() - 65_000 }];
  show(<WorkersPage prefetched={{ data: { ...workers, standbys } }} />);
  const card = within(screen.getByLabelText('Processes'));
  expect(card.getByText('b · process 17')).toBeTruthy();
  expect(card.getByRole('listitem').textContent).toMatch(/waited for 1m/);
  cleanup();
  show(<WorkersPage prefetched={{ data: workers }} />);
  expect(screen.queryByText(/standby/)).toBe(null);
});
