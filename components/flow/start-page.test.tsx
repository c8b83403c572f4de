// @vitest-environment jsdom
/**
 * The page that starts a run.
 *
 * Rules
 * [SR1] It sends the input as the form shows it, and opens the page of the run that the server answered.
 * [SR2] The button remains busy until that page is shown, so that a second press starts nothing.
 * [SR3] After a lost answer the same form is sent under the same request id.
 * [SR4] What the server refuses is shown at its field, that of the run id included, and nothing is lost.
 * [SR5] A person who may not start runs sees the button disabled with the reason.
 * [SR6] A scenario fills the form. Fields that the person has changed keep their values.
 * [SR7] A flow that declares no fields is started without anything being filled in.
 * [SR8] An archived flow says at the button that it starts no runs.
 */
import { cleanup, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { NuqsTestingAdapter } from 'nuqs/adapters/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StartFormModel } from '@/app/_contract/flows';
import type { Person } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import { answers, show } from '@/components/live/testing/server';
import { PersonProvider } from '@/components/people/person';
import { StartPage } from './start-page';

const push = vi.hoisted(() => vi.fn());
vi.mock('next/navigation', () => ({ useRouter: () => ({ push }) }));

beforeEach(() => push.mockClear());
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const FORM: StartFormModel = {
  origin: 'http://127.0.0.1:3000',
  flow: 'order-fulfilment',
  title: 'Order fulfilment',
  version: 3,
  archived: false,
  input: {
    type: 'object',
    properties: { who: { type: 'string', title: 'Customer' }, note: { type: 'string', title: 'Note' } },
    required: ['who'],
  },
  scenarios: [
    { name: 'well', title: 'Goes well', input: { who: 'Ada', note: 'gift' } },
    { name: 'down', title: 'Shipment down', input: { who: 'Bob', note: 'heavy' } },
  ],
  again: null,
};
const person = (role: 'operator' | 'viewer'): Person => ({
  id: 'p',
  email: 'eva@example.com',
  name: 'Eva',
  groups: [],
  grants: [{ role, flow: null }],
});
function open(form = FORM, role: 'operator' | 'viewer' = 'operator') {
  show(
    <NuqsTestingAdapter hasMemory>
      <PersonProvider person={person(role)}>
        <StartPage form={form} />
      </PersonProvider>
    </NuqsTestingAdapter>
  );
}
const STARTED = { ok: { workflowId: 'order-7', runId: 'r-7', again: false } };
const field = (name: RegExp) => screen.getByRole<HTMLInputElement>('textbox', { name });
const start = () => screen.getByRole('button', { name: 'Start the run' });

test('[SR1] [SR2] the form is sent once, and the page of the run is opened', async () => {
  const sent = answers(STARTED);
  open();
  await userEvent.clear(field(/Customer/));
  await userEvent.type(field(/Customer/), 'Grace');
  await userEvent.type(field(/Run id/), ' order-7 ');
  await userEvent.click(start());
  await waitFor(() => expect(push).toHaveBeenCalledWith(pages.run('order-7', 'r-7')));
  expect(sent[0]!.url).toBe(routes.startRun('order-fulfilment'));
  expect(sent[0]!.body).toMatchObject({ input: { who: 'Grace', note: 'gift' }, workflowId: 'order-7' });
  expect(start().getAttribute('aria-busy')).toBe('true');
  await userEvent.click(start());
  expect(sent).toHaveLength(1);
});

test('[SR1] without a run id the server chooses it', async () => {
  const sent = answers(STARTED);
  open();
  await userEvent.click(start());
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]!.body).not.toHaveProperty('workflowId');
});

test('[SR7] a flow that declares no fields is started with an empty object', async () => {
  const sent = answers(STARTED);
  open({ ...FORM, input: { type: 'object' }, scenarios: [] });
  await userEvent.click(start());
  await waitFor(() => expect(push).toHaveBeenCalled());
  expect(sent[0]?.body).toMatchObject({ input: {} });
});

test('[SR3] after a lost answer the same form has the same request id, a changed form another', async () => {
  const sent = answers('lost', 'lost', 'lost');
  open();
  await userEvent.click(start());
  expect(await screen.findByText(/it is not known whether it arrived/)).toBeTruthy();
  expect(push).not.toHaveBeenCalled();
  await userEvent.click(start());
  await waitFor(() => expect(sent).toHaveLength(2));
  await userEvent.type(field(/Run id/), 'x');
  await userEvent.click(start());
  await waitFor(() => expect(sent).toHaveLength(3));
  const [first, second, changed] = sent.map(({ body }) => body.requestId);
  expect(second).toBe(first);
  expect(changed).not.toBe(first);
});

test('[SR4] a refusal is shown at its fields, and goes away when the form is sent again', async () => {
  const message = 'The input does not match the flow.';
  const problems = [
    { at: '/who', message: 'must not be empty' },
    { at: '/workflowId', message: 'a run with this id is open' },
  ];
  answers({ refused: { code: 'inputInvalid', message, whatToDo: 'Correct it.', problems } }, STARTED);
  open();
  await userEvent.click(start());
  await screen.findByText('A run with this id is open.');
  expect(screen.getByText('Must not be empty.')).toBeTruthy();
  expect(field(/Run id/).getAttribute('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(field(/Customer/));
  expect(field(/Note/).value).toBe('gift');
  await userEvent.click(start());
  await waitFor(() => expect(screen.queryByText('A run with this id is open.')).toBeNull());
});

test('[SR8] an archived flow says so at its button, and nothing is sent', async () => {
  const sent = answers(STARTED);
  open({ ...FORM, archived: true });
  await userEvent.hover(start());
  expect((await screen.findAllByText(/Restore it on its page first/)).length).toBeGreaterThan(0);
  await userEvent.click(start());
  await userEvent.type(field(/Customer/), '{Enter}');
  expect(sent).toEqual([]);
});

test('[SR5] a person who may not start runs sees why, and nothing is sent', async () => {
  const sent = answers(STARTED);
  open(FORM, 'viewer');
  expect(start().getAttribute('aria-disabled')).toBe('true');
  await userEvent.hover(start());
  expect((await screen.findAllByText(/Ask an administrator/)).length).toBeGreaterThan(0);
  await userEvent.click(start());
  await userEvent.type(field(/Customer/), '{Enter}');
  expect(sent).toEqual([]);
});

test('[SR6] another scenario fills the form again, except for the fields that were changed', async () => {
  open();
  expect([field(/Customer/).value, field(/Note/).value]).toEqual(['Ada', 'gift']);
  await userEvent.type(field(/Note/), ', please');
  await userEvent.click(screen.getByLabelText(/Shipment down/));
  await waitFor(() => expect(field(/Customer/).value).toBe('Bob'));
  expect(field(/Note/).value).toBe('gift, please');
  await userEvent.click(screen.getByRole('button', { name: 'Discard my changes' }));
  expect(field(/Note/).value).toBe('heavy');
});

test('[SR6] a run that is started again is filled with its own input', () => {
  open({ ...FORM, again: { workflowId: 'order-1', input: { who: 'Carl', note: 'late' } } });
  expect([field(/Customer/).value, field(/Note/).value]).toEqual(['Carl', 'late']);
  expect(screen.getByText(/Filled in with the input of order-1/)).toBeTruthy();
});
