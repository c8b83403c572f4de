/** The forms of the designer: with a thumb, with what people type by mistake, and where the focus is seen. */
import type { Locator, Page } from '@playwright/test';
import type { DraftDetail } from '../app/_contract/drafts';
import { pages, routes } from '../app/_contract/routes';
import { expect, test, type Api } from './product/journey';
import { fitOf } from './product/targets';

const text = { type: 'string' };
const log = (id: string, title: string) => ({ id, kind: 'action', title, activity: 'log', input: { message: title } });
const branch = (id: string, ...steps: object[]) => ({ id, title: `Branch ${id}`, steps });
/** Every kind of node, with everything that its form can show. */
const EVERY_FORM = {
  format: 2,
  title: 'Every form',
  description: 'For the journey of the forms.',
  input: {
    type: 'object',
    required: ['order', 'amount', 'items'],
    properties: {
      order: { ...text, title: 'Order' },
      amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency' },
      currency: { ...text, title: 'Currency' },
      items: { type: 'array', title: 'Items', items: { type: 'object', properties: { sku: text } } },
    },
  },
  output: { type: 'object', properties: { found: text } },
  variables: { count: { schema: { type: 'integer' }, initial: 0 } },
  signals: { paid: { title: 'Paid', schema: { type: 'object', properties: { id: text } }, key: 'argument.id' } },
  queries: { progress: { title: 'Progress', result: { $expr: 'count' } } },
  updates: {
    add: { title: 'Add', schema: { type: 'object', properties: {} }, accept: 'count > 0', set: { count: 1 } },
  },
  deadline: '7d',
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge',
      note: 'A **note**.',
      activity: 'http.request',
      effect: 'reversible',
      input: { method: 'POST', url: 'https://bank.example/charges', body: { amount: { $expr: 'input.amount' } } },
      output: { type: 'object', properties: { id: text } },
      undo: {
        title: 'Refund',
        activity: 'http.request',
        input: { method: 'POST', url: 'https://bank.example/refunds' },
      },
      unknown: { policy: 'check', activity: 'http.request', input: { url: 'https://bank.example/charges' } },
      options: { retry: { maximumAttempts: 3, nonRetryableErrorTypes: ['Declined'] } },
      catch: [{ id: 'on-failure', types: ['Declined'], scope: 'undo', as: 'failure', then: [log('log-it', 'Log it')] }],
    },
    {
      id: 'large',
      kind: 'choice',
      title: 'Large?',
      branches: [
        {
          ...branch('ask-first', {
            id: 'ask',
            kind: 'approval',
            title: 'Ask',
            question: 'Well?',
            candidates: ['finance'],
            data: { amount: { $expr: 'input.amount' } },
            timeout: '2d',
            onReject: [log('log-no', 'Log the rejection')],
          }),
          when: 'input.amount > 500 && input.currency === "EUR"',
        },
        { ...branch('odd'), when: 'input.items.some((item) => item.sku === "X")' },
      ],
      otherwise: { title: 'Small', steps: [] },
    },
    {
      id: 'both',
      kind: 'parallel',
      title: 'Both',
      branches: [
        branch('left', log('log-left', 'Left')),
        branch('right', { id: 'rest', kind: 'wait', title: 'Rest', duration: '1d' }),
      ],
    },
    {
      id: 'first',
      kind: 'race',
      title: 'First',
      branches: [
        branch('fast', log('log-fast', 'Fast')),
        branch('slow', { id: 'until', kind: 'wait', title: 'Until', until: "'2030-01-01'", zone: 'UTC' }),
      ],
    },
    {
      id: 'lines',
      kind: 'each',
      title: 'Lines',
      items: 'input.items',
      item: 'line',
      concurrency: 3,
      onFailure: 'collect',
      result: { $expr: 'line.sku' },
      steps: [log('log-line', 'Log the line')],
    },
    {
      id: 'again',
      kind: 'repeat',
      title: 'Again',
      while: 'count < 3',
      most: 10,
      steps: [{ id: 'add', kind: 'set', title: 'Add', values: { count: { $expr: 'count + 1' } } }],
    },
    {
      id: 'scope',
      kind: 'group',
      title: 'Scope',
      steps: [log('log-in', 'Inside')],
      catch: [
        {
          id: 'any',
          types: [],
          scope: 'keep',
          then: [{ id: 'give-up', kind: 'fail', title: 'Give up', errorType: 'GaveUp', message: 'No' }],
        },
      ],
    },
    {
      id: 'wait-paid',
      kind: 'waitForSignal',
      title: 'Wait',
      signal: 'paid',
      when: 'argument.id === input.order',
      timeout: '3d',
    },
    { id: 'done', kind: 'end', title: 'Done', output: { found: { $expr: 'input.order' } } },
  ],
  scenarios: [{ name: 'usual', title: 'Usual', input: { order: 'A-1', amount: 1, items: [] } }],
};
const FORMS = 'charge large ask both rest first until lines again add scope give-up wait-paid done'.split(' ');

async function draftOf(api: Api): Promise<string> {
  const id = crypto.randomUUID();
  const document = { ...EVERY_FORM, name: `forms-${id.slice(0, 8)}` };
  await api.post(routes.drafts(), { id, from: { kind: 'document', document } });
  return id;
}
async function open(page: Page, draft: string, node: string): Promise<Locator> {
  await page.goto(`${pages.draft(draft)}${node === '' ? '' : `?node=${node}`}`);
  const form = page.locator(`[data-inspector][data-form-of="${node}"]`);
  await expect(form).toBeVisible();
  await form.evaluate((root) => root.querySelectorAll('details').forEach((each) => (each.open = true)));
  return form;
}
const outline = (place: Locator) => place.evaluate((each) => getComputedStyle(each).outlineStyle);

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('every control of every form is large enough for a finger, and nothing is cut', async ({ desk: page, api }) => {
    test.setTimeout(180_000);
    const draft = await draftOf(api);
    for (const node of [...FORMS, '']) {
      const form = await open(page, draft, node);
      expect.soft(await fitOf(form), node || 'the flow').toEqual({ small: [], cut: [] });
    }
  });
});

test('what people type by mistake is kept, and said at its field', async ({ desk: page, api }) => {
  const draft = await draftOf(api);
  const faults: string[] = [];
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
  });
  // A label says what is optional.
  const says = async (label: string, typed: string, words: string | RegExp) => {
    const field = page.locator('[data-inspector]').getByLabel(label, { exact: true }).first();
    await field.fill(typed);
    await expect(page.locator('[data-inspector]').getByText(words).first()).toBeVisible();
    await expect(field).toHaveValue(typed);
  };
  await open(page, draft, 'charge');
  await says('Title', 'x'.repeat(10_000), 'At most 120 characters.');
  await says('Title', 'a\u202eb', /hidden character/);
  await page.locator('[data-inspector]').getByLabel('Title', { exact: true }).first().fill('Charge');
  await says('Attempts', '1e309', 'The number is too large.');
  await says('Attempts', '-1', 'At least 0.');
  await says('Time for one attempt', 'soon', /A number and a unit/);
  await open(page, draft, 'until');
  await says('Time zone optional', 'Europe/Berln', "There is no time zone 'Europe/Berln'.");
  await open(page, draft, 'rest');
  const time = page.locator('[data-inspector]').getByLabel('Time', { exact: true });
  await time.fill('400 days');
  await time.blur();
  await expect(time).toHaveValue('400d');
  await open(page, draft, 'lines');
  const list = page.getByRole('textbox', { name: 'List' });
  for (const [typed, words] of [
    // Of a text that nobody reads to its end, as much as names it.
    ['x'.repeat(1_500), /^'x{59}…x{20}' cannot be read here/],
    ['input.constructor', /'constructor' is not allowed/],
    ['process.exit()', /'process.exit' cannot be called/],
    ["import('fs')", /not allowed|cannot be called/],
    ['(() => { for (;;) {} })()', /not allowed|cannot be called|must be one expression/],
    ['input.', 'This is not an expression: a name is missing.'],
    [`input.items${' '.repeat(2_000)}`, 'At most 2,000 characters.'],
  ] as const) {
    await list.fill(typed);
    await expect(page.locator('[data-inspector]').getByText(words).first()).toBeVisible();
  }
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const { draft: kept } = await api.get<DraftDetail>(routes.draft(draft));
  expect(kept.steps.find(({ id }) => id === 'lines')?.fields.items).toBe(`input.items${' '.repeat(2_000)}`);
  expect(faults).toEqual([]);
});

test('a ring is shown where the keys go, and not after a press of the mouse', async ({ desk: page, api }) => {
  const draft = await draftOf(api);
  await page.goto(pages.draft(draft));
  const code = page.getByRole('tab', { name: 'Code' });
  await code.click();
  await expect(code).toBeFocused();
  expect(await outline(code)).toBe('none');
  await page.keyboard.press('ArrowRight');
  const problems = page.getByRole('tab', { name: /^Problems/ });
  await expect(problems).toBeFocused();
  expect(await outline(problems)).toBe('solid');

  const form = await open(page, draft, 'charge');
  await form.getByRole('button', { name: 'Remove the undo' }).focus();
  await page.keyboard.press('Enter');
  const add = form.getByRole('button', { name: 'Add an undo' });
  await expect(add).toBeFocused();
  expect(await outline(add)).toBe('solid');
  await open(page, draft, 'both');
  await form.page().getByRole('button', { name: 'Add a branch' }).click();
  await page.getByRole('button', { name: 'Remove branch 1' }).focus();
  await page.keyboard.press('Enter');
  const heading = page.getByRole('heading', { name: 'Branches' });
  await expect(heading).toBeFocused();
  expect(await outline(heading)).toBe('solid');
});
