// @vitest-environment jsdom
/** The page of a flow while others change it. The rule is in flow-page.tsx. */
import { cleanup, screen, waitFor } from '@testing-library/react';
import { NuqsTestingAdapter } from 'nuqs/adapters/testing';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { FlowDetail, VersionList, VersionRow } from '@/app/_contract/flows';
import type { FlowRetention } from '@/app/_contract/retention';
import type { Person } from '@/app/_contract/people';
import { pages } from '@/app/_contract/routes';
import { show } from '@/components/live/testing/server';
import { PersonProvider } from '@/components/people/person';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { FlowManifest } from '@/engine/flow/manifest';
import { FlowPage } from './flow-page';

vi.mock('next/navigation', () => ({ useRouter: () => ({ push: () => undefined, refresh: () => undefined }) }));
beforeAll(answerForLayout);
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const ada: Person = {
  id: 'ada',
  name: 'Ada',
  email: 'ada@example.com',
  groups: [],
  grants: [{ role: 'operator', flow: null }],
};
const version = (number: number, retired: VersionRow['retired'] = null): VersionRow => ({
  flow: 'order',
  version: number,
  revision: `v${number}.0`,
  workflowType: `order_v${number}`,
  sha: 'a'.repeat(64),
  publishedMs: 0,
  publishedBy: 'Ada',
  note: '',
  retired,
  openRuns: 0,
});
const flow: FlowDetail = {
  summary: {
    name: 'order',
    title: 'Order',
    description: null,
    latestVersion: 1,
    servedVersion: 1,
    publishedMs: 0,
    publishedBy: 'Ada',
    steps: 0,
    searchable: [],
    openRuns: 0,
  },
  versions: [version(1)],
  shown: { ...version(1), manifest: { document: { steps: [] } } as unknown as FlowManifest, code: '' },
  problems: [],
  template: null,
};
const forEver: FlowRetention = { days: null, isOwn: false, next: null };
function open(now: Pick<VersionList, 'versions' | 'served'>, retention = forEver) {
  const list: VersionList = { ...now, draft: null };
  const answer = (url: string) => {
    if (url.endsWith('/retention')) return Response.json(retention);
    return Response.json(url.endsWith('/versions') ? list : { person: ada, revisions: [], switches: [] });
  };
  vi.stubGlobal('fetch', (url: string) => Promise.resolve(answer(url)));
  show(
    <NuqsTestingAdapter searchParams="?tab=versions">
      <PersonProvider person={ada}>
        <FlowPage flow={flow} />
      </PersonProvider>
    </NuqsTestingAdapter>
  );
}

test('[FLP1] a version that was published since is named, with the way to it', async () => {
  open({ versions: [version(2), version(1)], served: 2 });
  const newer = await screen.findByRole('link', { name: 'the newest is v2' });
  expect(newer.getAttribute('href')).toBe(pages.flow('order', 2));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toContain('v1');
  expect(screen.getByRole('tab', { name: /Versions/ }).textContent).toContain('2');
});

test.each<[string, FlowRetention, RegExp]>([
  ['for ever', forEver, /^Closed runs are kept for ever\.$/],
  [
    'a period of its own',
    { days: 90, isOwn: true, next: { workflowId: 'order-8841', runId: 'r', atMs: 0 } },
    /kept for 90 days, a period of this flow\.Next deleted: order-8841, .*1970/,
  ],
])('[FLP2] how long closed runs are kept: %s', async (_, retention, words) => {
  open({ versions: [version(1)], served: 1 }, retention);
  const line = await screen.findByText(/Closed runs are kept/);
  expect(line.parentElement?.textContent).toMatch(words);
  // Ada may not change it.
  expect(screen.queryByRole('link', { name: 'Change the period' })).toBeNull();
});

test('[FLP1] a flow that was archived since starts no runs', async () => {
  const retired = { by: 'Bob', atMs: 1, reason: '' };
  open({ versions: [version(1, retired)], served: null });
  expect(await screen.findByText('archived: starts no new runs')).toBeTruthy();
  await waitFor(() => expect(screen.getByText('Start a run').closest('[aria-disabled="true"]')).not.toBe(null));
});
