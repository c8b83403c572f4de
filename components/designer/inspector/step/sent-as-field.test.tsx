// @vitest-environment jsdom
/** [SNT1] The body of a request is sent as JSON, or as the form that is chosen beside it; the field has its problems. */
import { cleanup, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { draftOf, show, step } from '../testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const request = (more: object = {}) =>
  step('call', {
    activity: 'http.request',
    effect: 'none',
    input: { method: 'POST', url: 'https://pay.example/v1', body: { tags: ['a'] }, ...more },
  });
async function choose(label: string, option: RegExp | string) {
  await userEvent.click(screen.getByLabelText(label));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

it('[SNT1] a form is chosen, one of its fields is written in another way, and JSON takes all of it away', async () => {
  const shown = show(draftOf(request()), 'call');
  const encoding = () => (shown.node('call').fields.input as { encoding?: unknown }).encoding;
  await choose('Sent as', 'Form');
  const style = { lists: 'indexed', groups: 'brackets' };
  expect(encoding()).toEqual({ kind: 'form', ...style });
  await choose('A list becomes', 'tags=a & tags=b');
  await userEvent.click(screen.getByRole('button', { name: 'Write a field in another way' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Field of the body' }), 'tags');
  const own = { lists: 'repeated', groups: 'brackets' };
  expect(encoding()).toEqual({ kind: 'form', ...own, fields: { tags: own } });
  await choose('Sent as', 'JSON');
  expect(encoding()).toBeUndefined();
});

it('[SNT1] what somebody else chose is shown, and a problem is at its field', () => {
  const problem = { code: 'form-body', severity: 'error' as const, nodeId: 'call', message: 'The body has no field.' };
  const style = { lists: 'json', groups: 'json' };
  const shown = show(draftOf(request({ encoding: { kind: 'multipart', ...style, fields: { tag: style } } })), 'call', {
    problems: [{ ...problem, path: ['input', 'encoding', 'fields', 'tag'] }],
  });
  expect(screen.getByLabelText('Sent as').textContent).toContain('Form with parts');
  expect(screen.getByLabelText('Field of the body').getAttribute('aria-invalid')).toBe('true');
  shown.theirs({ op: 'set', target: { node: 'call' }, path: ['input', 'encoding'], value: { kind: 'form', ...style } });
  expect(screen.queryByLabelText('Field of the body')).toBeNull();
});
