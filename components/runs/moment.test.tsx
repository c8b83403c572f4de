// @vitest-environment jsdom
/**
 * The slider over the history of a run.
 *
 * [MMB1] It starts at the moment of the address, and the address follows when it rests; now has none.
 * [MMB2] At an earlier moment the run is shown as it was, and says why nothing can be done to it there.
 * [MMB3] '[' and ']' go by one event and end at the first one and now; a number in the address that is no event of the run
 *        is the nearest one.
 */
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NuqsTestingAdapter, type UrlUpdateEvent } from 'nuqs/adapters/testing';
import { afterEach, expect, test } from 'vitest';
import { runs } from '@/engine/run-view/testing/runs';
import { MomentBar } from './moment-bar';
import type { RunView } from './run-view';
import { viewOf } from './testing/view';
import { useMoment } from './use-moment';

afterEach(cleanup);

const live = viewOf(runs.completed());
const events = live.live.events.length;
let shown: RunView;
let address: string;

function Page() {
  const moment = useMoment(live);
  shown = moment.view;
  return <MomentBar moment={moment} live={live} />;
}

function open(search = ''): void {
  address = search;
  const onUrlUpdate = ({ queryString }: UrlUpdateEvent) => void (address = queryString.replace(/^\?/, ''));
  render(
    <NuqsTestingAdapter searchParams={search} onUrlUpdate={onUrlUpdate} hasMemory>
      <Page />
    </NuqsTestingAdapter>
  );
}
const slider = () => screen.getByRole<HTMLInputElement>('slider', { name: 'Moment of the run' });

test('[MMB1] [MMB2] the run of a moment of the address, until somebody goes back to now', async () => {
  open('at=3');
  expect(slider().value).toBe('3');
  expect(shown.live.events).toHaveLength(3);
  expect(shown.live.status).toBe('running');
  expect(shown.live.summary.closeMs).toBeNull();
  expect([shown.past, shown.blocked, shown.undecided, shown.mute].every((why) => why?.includes('earlier moment'))).toBe(
    true
  );
  await userEvent.click(screen.getByRole('button', { name: 'Now' }));
  expect(shown).toBe(live);
  await waitFor(() => expect(address).toBe(''));
  expect(slider().value).toBe(String(events));
});

test('[MMB3] keys go by one event, and end at the first one and now', async () => {
  open(`at=${events - 1}`);
  await userEvent.keyboard(']');
  expect(shown).toBe(live);
  await userEvent.keyboard('[[');
  expect(shown.live.events).toHaveLength(events - 1);
  await waitFor(() => expect(address).toBe(`at=${events - 1}`));
  await userEvent.keyboard('n');
  expect(shown).toBe(live);
});

test.each([
  ['at=0', 1],
  ['at=-7', 1],
  ['at=99999', events],
])('[MMB3] %s is the nearest event', (search, at) => {
  open(search);
  expect(shown.live.events).toHaveLength(at);
});

test('[MMB3] what is no number is now', () => {
  open('at=noon');
  expect(shown).toBe(live);
});
