// @vitest-environment jsdom
import { cleanup, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import type { Json } from '@/engine/flow/edit/draft';
import { focusField } from './place';
import { branch, draftOf, FLOW, operationsOf, show, step } from './testing/show';

beforeAll(answerForLayout);
afterEach(cleanup);

const charged = step('charge', {
  title: 'Charge',
  activity: 'shop.charge',
  input: { orderId: { $expr: 'input.orderId' }, amount: 5 },
});
const field = (name: string | RegExp) => screen.getByLabelText<HTMLInputElement>(name);
async function choose(label: string | RegExp, option: string | RegExp) {
  await userEvent.click(screen.getByLabelText(label));
  await userEvent.click(await screen.findByRole('option', { name: option }));
}

describe('typing', () => {
  it('[INS1] every change of a text is sent as typing with what it replaces, and leaving the field ends the gesture', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.type(field('Title'), 'X!');
    await userEvent.tab();
    const set = (value: string, was: string) => {
      return { operations: [{ op: 'set', target: { node: 'charge' }, path: ['title'], value, was }], typing: true };
    };
    expect(shown.sent).toEqual([set('ChargeX', 'Charge'), set('ChargeX!', 'ChargeX'), 'settled']);
  });
  it('[INS2] a field with the focus keeps what was typed when somebody else changes it, and offers the other text', async () => {
    const shown = show(draftOf(charged), 'charge', { authorOf: () => 'Ada' });
    await userEvent.type(field('Title'), ' now');
    shown.theirs({
      op: 'set',
      target: { node: 'charge' },
      path: ['title'],
      value: 'Take the money',
      was: 'Charge now',
    });
    expect(field('Title').value).toBe('Charge now');
    expect(document.activeElement).toBe(field('Title'));
    expect(screen.getByRole('status').textContent).toContain('Ada changed this to Take the money');
    await userEvent.click(screen.getByRole('button', { name: 'Take theirs' }));
    expect(field('Title').value).toBe('Take the money');
    expect(screen.queryByRole('status')).toBeNull();
    expect(document.activeElement).toBe(field('Title'));
  });
  it('[INS2] Keep mine sends the typed text again, with theirs as what it replaces', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.type(field('Title'), ' now');
    shown.theirs({ op: 'set', target: { node: 'charge' }, path: ['title'], value: 'Theirs', was: 'Charge now' });
    await userEvent.click(screen.getByRole('button', { name: 'Keep mine' }));
    expect(operationsOf(shown).at(-1)).toEqual({
      op: 'set',
      target: { node: 'charge' },
      path: ['title'],
      value: 'Charge now',
      was: 'Theirs',
    });
  });
  it('[INS2] a change of another field does not ask anything', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.type(field('Title'), ' now');
    shown.theirs({ op: 'set', target: { node: 'charge' }, path: ['note'], value: 'Hello' });
    expect(screen.queryByRole('status')).toBeNull();
  });
  it('[INS1] an id follows its title when the field is left, in the same gesture, and the form keeps its focus', async () => {
    const shown = show(draftOf(charged), 'charge', { idsFollowTitles: true });
    await userEvent.type(field('Title'), ' it');
    expect(shown.draft().steps[0]!.id).toBe('charge');
    const next = screen.getByRole('button', { name: 'Calls: Charge a payment' });
    await userEvent.tab();
    expect(shown.draft().steps[0]).toMatchObject({ id: 'charge-it', fields: { title: 'Charge it' } });
    expect(shown.selected()).toBe('charge-it');
    expect(shown.sent.at(-1)).toBe('settled');
    expect(document.activeElement).toBe(next);
    expect(next.isConnected).toBe(true);
  });
  it('[INS3] a number that is none is kept as it was typed, and is a problem of its field', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.clear(field(/^Amount/));
    await userEvent.type(field(/^Amount/), '12x');
    expect(shown.node('charge').fields.input).toMatchObject({ amount: '12x' });
    await userEvent.click(screen.getByText('Retries and timeouts'));
    await userEvent.type(field('Attempts'), 'many');
    expect(shown.node('charge').fields.options).toEqual({ retry: { maximumAttempts: 'many' } });
    expect(field('Attempts').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('JSON', () => {
  it('[INS5] a text that is not complete is kept beside the draft, and is there again when somebody comes back', async () => {
    const draft = draftOf(charged);
    const scenarios = [{ name: 'one', title: 'One', input: { x: 1 } }];
    const shown = show({ ...draft, flow: { ...draft.flow, scenarios } }, null);
    const input = () =>
      screen.getAllByLabelText<HTMLTextAreaElement>('Input').find((each) => each.tagName === 'TEXTAREA')!;
    await userEvent.type(input(), '{Backspace}{Backspace}, "y"');
    await userEvent.tab();
    expect(shown.draft().flow.scenarios).toEqual(scenarios);
    shown.select('charge');
    shown.select(null);
    expect(input().value).toContain('"y"');
    expect(screen.getByText(/not JSON yet/)).toBeTruthy();
    await userEvent.type(input(), ': 2 }');
    expect(shown.draft().flow.scenarios).toEqual([{ name: 'one', title: 'One', input: { x: 1, y: 2 } }]);
    expect(screen.queryByText(/not JSON yet/)).toBeNull();
  });
});

describe('problems', () => {
  it('[INS4] a problem is shown at its field, which says that it is not valid', () => {
    show(draftOf(step('charge', { activity: 'shop.unknown' })), 'charge');
    expect(screen.getByText(/There is no operation 'shop.unknown'/)).toBeTruthy();
    const below = document.getElementById(field('Calls').getAttribute('aria-describedby')!);
    expect(below?.textContent).toContain("There is no operation 'shop.unknown'");
  });
  it('[INS4] problems in a closed section are counted at its heading; one without a field is at the top', () => {
    show(draftOf(step('charge', { options: { retry: { initialInterval: 'soon' } }, colour: 'red' })), 'charge');
    const section = screen.getByText('Retries and timeouts').closest('summary')!;
    expect(within(section).getByText('1')).toBeTruthy();
    expect(screen.getByText(/no field 'colour'/)).toBeTruthy();
  });
  it('[INS4] the problem of a branch is at the field of that branch', () => {
    const choice = {
      ...step('which', {}, 'choice'),
      branches: [
        branch('one', 'branches', { title: 'One', when: 'true' }),
        branch('two', 'branches', { title: '', when: 'true' }),
      ],
    };
    show(draftOf(choice), 'which');
    const [one, two] = screen.getAllByLabelText('Title').slice(1);
    expect(one!.getAttribute('aria-invalid')).toBeNull();
    expect(two!.getAttribute('aria-invalid')).toBe('true');
  });

  it('[INS4] the field of a problem gets the focus, inside sections that were closed', () => {
    show(draftOf(charged), 'charge');
    expect(focusField(document, ['options', 'retry', 'maximumAttempts'])).toBe(true);
    expect(document.activeElement).toBe(field('Attempts'));
    expect(field('Attempts').closest('details')?.open).toBe(true);
    expect(focusField(document, ['input', 'amount', 'deeper'])).toBe(true);
    expect(document.activeElement?.closest('[data-field]')?.getAttribute('data-field')).toBe('input.amount');
    expect(focusField(document, ['colour'])).toBe(false);
  });
});

describe('a step', () => {
  it('[INS3] another activity keeps the input that fits, and removes what the activity declares itself', async () => {
    const http = step('call', { activity: 'http.request', effect: 'none', input: { orderId: 'A', url: 'https://x' } });
    const shown = show(draftOf(http), 'call');
    await userEvent.click(field('Calls'));
    await userEvent.type(screen.getByRole('combobox', { name: 'Operations' }), 'charge');
    await userEvent.keyboard('{Enter}');
    const { activity, input, effect } = shown.node('call').fields;
    expect({ activity, input, effect }).toEqual({
      activity: 'shop.charge',
      input: { orderId: 'A' },
      effect: undefined,
    });
    expect(shown.sent).toHaveLength(1);
  });
  it('[INS3] the suggested undo is added with one press, with the values of the step', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.click(screen.getByRole('button', { name: "Add 'Refund'" }));
    expect(operationsOf(shown)).toEqual([
      {
        op: 'set',
        target: { node: 'charge' },
        path: ['undo'],
        value: {
          title: 'Refund',
          activity: 'shop.refund',
          input: { orderId: { $expr: 'input.orderId' }, transaction: { $expr: 'charge.transactionId' } },
          armed: 'completed',
        },
      },
    ]);
    await userEvent.click(screen.getByRole('button', { name: 'Remove the undo' }));
    expect(shown.node('charge').fields).not.toHaveProperty('undo');
  });
  it('[INS1] a text with an inserted value is one expression, and is shown as text again', async () => {
    const shown = show(draftOf(step('call', { title: 'Call', input: { url: 'https://shop/' } })), 'call');
    const url = field('URL');
    await userEvent.click(url);
    await userEvent.click(
      within(url.closest<HTMLElement>('[data-field]')!).getByRole('button', { name: 'Insert value' })
    );
    await userEvent.type(screen.getByRole('combobox', { name: 'Insert value' }), 'order number');
    await userEvent.keyboard('{Enter}');
    expect(shown.node('call').fields.input).toEqual({ url: { $expr: '`https://shop/${input.orderId}`' } });
    expect(field('URL').value).toBe('https://shop/${input.orderId}');
  });
  it('[INS1] an emptied option removes the groups that it leaves empty', async () => {
    const shown = show(draftOf(step('a', { options: { retry: { maximumAttempts: 5 } } })), 'a');
    await userEvent.clear(field('Attempts'));
    expect(operationsOf(shown)).toEqual([
      { op: 'set', target: { node: 'a' }, path: ['options'], was: { retry: { maximumAttempts: 5 } } },
    ]);
  });
  it('[INS1] what happens after an unknown outcome is chosen in words; undo is possible only with an undo', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.click(screen.getByText('Unknown outcome'));
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /Undo it/ }).disabled).toBe(true);
    await userEvent.click(screen.getByRole('radio', { name: /Look it up/ }));
    expect(shown.node('charge').fields.unknown).toMatchObject({ policy: 'check', input: { answer: 'lookup' } });
    await userEvent.click(screen.getByRole('radio', { name: /Ask a person/ }));
    expect(shown.node('charge').fields.unknown).toEqual({ policy: 'ask' });
  });
  it('[INS3] handlers of failures are branches: added, changed, removed', async () => {
    const shown = show(draftOf(charged), 'charge');
    await userEvent.click(screen.getByText('When it fails'));
    await userEvent.click(screen.getByRole('button', { name: 'Handle failures' }));
    expect(shown.node('charge').branches).toEqual([
      { id: 'catch-0', at: 'catch', fields: { types: [], scope: 'undo' }, steps: [] },
    ]);
    await userEvent.type(field('Handles failures of these types'), 'CardDeclined{Enter}');
    expect(operationsOf(shown).at(-1)).toEqual({
      op: 'set',
      target: { node: 'charge', branch: 'catch-0' },
      path: ['types'],
      value: ['CardDeclined'],
      was: [],
    });
    await userEvent.click(screen.getByRole('button', { name: 'Remove handler 1' }));
    expect(operationsOf(shown).at(-1)).toMatchObject({
      op: 'removeBranch',
      parent: 'charge',
      id: 'catch-0',
      before: null,
    });
    expect(shown.node('charge').branches).toEqual([]);
  });
});

describe('other kinds', () => {
  it('[INS1] a condition is built from field, operator and value', async () => {
    const choice = {
      ...step('which', {}, 'choice'),
      branches: [branch('one', 'branches', { title: 'One', when: 'true' })],
    };
    const shown = show(draftOf(choice), 'which');
    const when = () => shown.node('which').branches[0]!.fields.when;
    await userEvent.click(screen.getByRole('button', { name: 'Choose a value' }));
    await userEvent.type(screen.getByRole('combobox', { name: 'Choose a value' }), 'total');
    await userEvent.keyboard('{Enter}');
    expect(when()).toBe('input.amount === 0');
    await choose('Operator', 'is more than');
    await userEvent.clear(field('Value'));
    await userEvent.type(field('Value'), '1000');
    expect(when()).toBe('input.amount > 1000');
    expect(shown.sent.at(-1)).toMatchObject({ typing: true });
  });
  it('[INS1] an amount in a condition is read and written as in its currency, where the condition says which', async () => {
    const when = "input.currency === 'EUR' && input.amount > 100000";
    const choice = { ...step('which', {}, 'choice'), branches: [branch('one', 'branches', { title: 'One', when })] };
    const currency = { type: 'string' };
    const amount = { type: 'integer', format: 'money', currencyField: 'currency' };
    const input = { type: 'object', required: ['amount'], properties: { amount, currency } };
    const shown = show({ ...draftOf(choice), flow: { ...FLOW, input } }, 'which');
    const value = field('Value in EUR');
    expect((value as HTMLInputElement).value).toBe('1000.00');
    await userEvent.clear(value);
    await userEvent.type(value, '12.5');
    expect(shown.node('which').branches[0]!.fields.when).toBe("input.currency === 'EUR' && input.amount > 1250");
    expect(screen.getByText('€12.50')).toBeTruthy();
    await userEvent.type(value, '01');
    expect(screen.getByText(/has more decimals than EUR/)).toBeTruthy();
  });
  it('[INS3] a branch is added with a free id, and the last ones of a kind cannot be removed', async () => {
    const parallel = {
      ...step('both', {}, 'parallel'),
      branches: [branch('left', 'branches', { title: 'Left' }), branch('branch-3', 'branches', { title: 'Right' })],
    };
    const shown = show(draftOf(parallel), 'both');
    expect(screen.getByRole('button', { name: 'Remove branch 1' }).getAttribute('aria-disabled')).toBe('true');
    await userEvent.click(screen.getByRole('button', { name: 'Add a branch' }));
    expect(shown.node('both').branches.map(({ id }) => id)).toEqual(['left', 'branch-3', 'branch-3-2']);
    await userEvent.click(screen.getByRole('button', { name: 'Move branch 3 up' }));
    expect(shown.node('both').branches.map(({ id }) => id)).toEqual(['left', 'branch-3-2', 'branch-3']);
    await userEvent.click(screen.getByRole('button', { name: 'Remove branch 2' }));
    expect(shown.node('both').branches.map(({ id }) => id)).toEqual(['left', 'branch-3']);
  });
  it('[INS3] a wait is changed to a moment and back in one gesture each', async () => {
    const shown = show(draftOf(step('wait', {}, 'wait')), 'wait');
    await userEvent.click(screen.getByRole('radio', { name: /Until a moment/ }));
    expect(shown.node('wait').fields).toMatchObject({ until: "'2030-01-01T09:00:00Z'" });
    expect(shown.node('wait').fields).not.toHaveProperty('duration');
    await userEvent.click(screen.getByRole('radio', { name: /For a time/ }));
    expect(shown.node('wait').fields).toMatchObject({ duration: '1h' });
    expect(shown.node('wait').fields).not.toHaveProperty('until');
    expect(shown.sent).toHaveLength(2);
  });
  it('[INS1] nothing can be changed while it is read only, and the reason is shown', () => {
    show(draftOf(charged), 'charge', { readOnly: 'This is version 3. Edit a draft instead.' });
    expect(screen.getByRole('status').textContent).toBe('This is version 3. Edit a draft instead.');
    expect(field('Title').matches(':disabled')).toBe(true);
    expect(screen.getByRole('button', { name: "Add 'Refund'" }).matches(':disabled')).toBe(true);
  });
});

describe('the flow', () => {
  it('[INS3] a field of the input is a small change of the schema', async () => {
    const shown = show(draftOf(), null);
    await userEvent.click(screen.getByRole('heading', { name: 'Input' }));
    await userEvent.type(field('Title of a new field of Input'), 'Ship to{Enter}');
    expect(operationsOf(shown)).toEqual([
      {
        op: 'set',
        target: { node: null },
        path: ['input', 'required'],
        value: ['orderId', 'amount', 'shipTo'],
        was: ['orderId', 'amount'],
      },
      {
        op: 'set',
        target: { node: null },
        path: ['input', 'properties', 'shipTo'],
        value: { type: 'string' },
      },
    ]);
  });
  it('[INS7] a part of the form stays as the person left it, whatever is edited in it', async () => {
    const draft = draftOf();
    show({ ...draft, flow: { ...draft.flow, input: { type: 'object' } } }, null);
    const part = screen.getByRole('heading', { name: 'Input' }).closest('details')!;
    const typed = async (title: string) => userEvent.type(field('Title of a new field of Input'), `${title}{Enter}`);
    expect(part.open).toBe(true);
    await typed('Room');
    await typed('Card');
    expect(part.open).toBe(true);
    await userEvent.click(screen.getByRole('heading', { name: 'Input' }));
    expect(part.open).toBe(false);
  });
  it('[INS3] a variable that gets another name is followed by what reads and sets it', async () => {
    const draft = draftOf(step('note', { values: { count: { $expr: 'count + 1' } } }, 'set'));
    const shown = show(
      { ...draft, flow: { ...draft.flow, variables: { count: { schema: { type: 'integer' }, initial: 0 } } } },
      null
    );
    await userEvent.click(screen.getByRole('heading', { name: 'Variables' }));
    await userEvent.click(screen.getAllByText('count')[0]!);
    const name = field('Name in expressions and calls');
    await userEvent.clear(name);
    await userEvent.type(name, 'total{Enter}');
    expect(shown.draft().flow.variables).toEqual({ total: { schema: { type: 'integer' }, initial: 0 } });
    expect(shown.node('note').fields.values).toEqual({ total: { $expr: 'total + 1' } });
    expect(shown.sent.filter((each) => each !== 'settled')).toHaveLength(1);
  });
});

it('[INS5] a field of the input gets another name, and what reads it follows, in one gesture', async () => {
  const shown = show(draftOf(step('done', { output: { order: { $expr: 'input.orderId' } } }, 'end')), null);
  const section = screen.getByRole('heading', { name: 'Input' });
  if (!screen.queryByText('Order number')) await userEvent.click(section);
  await userEvent.click(screen.getByText('Order number'));
  const name = field('Name in expressions');
  await userEvent.clear(name);
  await userEvent.type(name, 'orderKey{Enter}');
  expect(Object.keys((shown.draft().flow.input as { properties: object }).properties)[0]).toBe('orderKey');
  expect(shown.node('done').fields.output).toEqual({ order: { $expr: 'input.orderKey' } });
  expect(shown.sent.filter((each) => each !== 'settled')).toHaveLength(1);
});

describe('amounts of money', () => {
  const priced = (input: Record<string, Json>) =>
    show(
      draftOf(step('charge', { title: 'Charge', activity: 'shop.charge', input: { orderId: 'A', ...input } })),
      'charge'
    );
  it('[INS6] with a currency beside it, an amount is typed as in every form, and kept in its smallest unit', async () => {
    const shown = priced({ amount: 1_999, currency: 'EUR' });
    expect(field('Amount').value).toBe('19.99');
    await userEvent.clear(field('Amount'));
    await userEvent.type(field('Amount'), '1,290.5');
    expect(shown.node('charge').fields.input).toMatchObject({ amount: 129_050 });
    await userEvent.type(field('Amount'), '55');
    expect(screen.getByText(/has more decimals than EUR/)).toBeTruthy();
  });
  it.each<Record<string, Json>>([{}, { currency: { $expr: 'input.currency' } }, { currency: 'points' }])(
    '[INS6] without a known currency it is typed in the smallest unit: %j',
    async (currency) => {
      const shown = priced({ amount: 5, ...currency });
      expect(field('Amount').value).toBe('5');
      await userEvent.type(field('Amount'), '00');
      expect(shown.node('charge').fields.input).toMatchObject({ amount: 500 });
    }
  );
  it('[INS6] yen have no decimals', async () => {
    const shown = priced({ amount: 5_000, currency: 'JPY' });
    expect(field('Amount').value).toBe('5000');
    await userEvent.type(field('Amount'), '0');
    expect(shown.node('charge').fields.input).toMatchObject({ amount: 50_000 });
  });
});

describe('problems of what is closed', () => {
  const flow = { ...FLOW, variables: { count: { schema: { type: 'integer' }, initial: 0 } } };
  const found = (severity: 'error' | 'warning' | 'info', code: string) => {
    const path = ['variables', 'count'];
    return { code, severity, nodeId: null, path, message: `It is ${severity}.` };
  };
  const counts = () => screen.queryAllByText(/^problems?$/).map(({ parentElement }) => parentElement?.textContent);

  it('[INS10] errors and warnings are counted, at the part and at the entry', () => {
    const problems = [found('error', 'a'), found('warning', 'b'), found('info', 'c')];
    show({ ...draftOf(charged), flow }, null, { problems });
    expect(counts()).toEqual(['2problems', '2problems']);
  });
  it('[INS10] a hint is not', () => {
    show({ ...draftOf(charged), flow }, null, { problems: [found('info', 'c')] });
    expect(screen.getByText('It is info.')).toBeDefined();
    expect(counts()).toEqual([]);
  });
});

describe('durations and numbers as people write them', () => {
  const attempts = () => screen.getByLabelText<HTMLInputElement>('Attempts');
  const open = () => userEvent.click(screen.getByText('Retries and timeouts'));
  it('[INS11] a duration in words is kept as documents write it, and is not taken for a change by somebody else', async () => {
    const shown = show(draftOf(charged), 'charge');
    await open();
    await userEvent.type(field('Time for one attempt'), '1 hour 30 minutes');
    expect(shown.node('charge').fields.options).toMatchObject({ startToCloseTimeout: '90m' });
    expect(field('Time for one attempt').value).toBe('1 hour 30 minutes');
    expect(screen.queryByText(/changed this/)).toBeNull();
    await userEvent.tab();
    expect(field('Time for one attempt').value).toBe('90m');
  });
  it('[INS11] also where it is a value', async () => {
    const shown = show(draftOf(step('wait', { duration: '' }, 'wait')), 'wait');
    await userEvent.type(field('Time'), '2 days');
    expect(shown.node('wait').fields.duration).toBe('2d');
  });
  it('[INS11] a number that is too large is called so, and is kept as it was typed', async () => {
    const shown = show(draftOf(charged), 'charge');
    await open();
    await userEvent.type(attempts(), '1e309');
    expect(screen.getByText('The number is too large.')).toBeDefined();
    expect(shown.node('charge').fields.options).toMatchObject({ retry: { maximumAttempts: '1e309' } });
    await userEvent.clear(attempts());
    await userEvent.type(attempts(), 'ten');
    expect(screen.getByText('It must be a number.')).toBeDefined();
  });
});

it('[INS12] the body of a request is drawn field by field, as long as it has no other value', async () => {
  const request = (input: Json) => step('call', { activity: 'http.request', effect: 'none', input });
  const shown = show(draftOf(request({ method: 'POST', url: 'https://a.example' })), 'call');
  const body = screen.getByRole('group', { name: /^Body/ });
  await userEvent.type(within(body).getByLabelText('Name of a new field'), 'amount{Enter}');
  expect(shown.node('call').fields.input).toMatchObject({ body: { amount: '' } });
  cleanup();
  show(draftOf(request({ method: 'POST', url: 'https://a.example', body: 'plain' })), 'call');
  expect(screen.getByLabelText<HTMLTextAreaElement>(/^Body/).value).toBe('plain');
});
