import { expect, test } from 'vitest';
import { operationSchema, type OperationOf } from '@/engine/flow/connections/operation';
import { KIND_NAMES, type Kind } from '@/engine/flow/connections/kinds/table';
import { modelOf, operationOf } from './operation-model';

const operation: OperationOf<'http'> = {
  connection: 'bank',
  name: 'charge',
  title: 'Charge',
  description: 'Takes money.',
  call: {
    kind: 'http',
    method: 'POST',
    path: '/payments/{order}',
    query: { dry: '{dry}' },
    headers: { 'X-A': 'a {b}' },
    body: { mapping: { amount: '{amount}', list: ['{a}', 1] } },
    answer: 'full',
    idempotencyHeader: 'X-Key',
    retryableStatuses: [429],
    notAppliedStatuses: [402, 422],
  },
  input: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
  output: { type: 'object' },
  effect: 'reversible',
  undo: { operation: 'refund', input: { id: { $expr: 'output.id' }, fixed: 'text', count: 3 }, armed: 'attempted' },
  lookup: { operation: 'find', input: { order: { $expr: 'input.order' } } },
  lateCalls: 'refused',
  settlesWithin: '5m',
  options: { startToCloseTimeout: '10s', heartbeatTimeout: '5s', retry: { maximumAttempts: 0, initialInterval: '2s' } },
};

test('[OM1] an operation goes through the form without a change', () => {
  expect(operationOf(modelOf(operation, 'http'), 'bank', operation)).toEqual({ operation });
  const plain: OperationOf<'http'> = { ...operation, call: { ...operation.call, body: 'rest' }, options: {} };
  delete plain.undo;
  const style = { lists: 'repeated', groups: 'json' } as const;
  const encoding = { kind: 'form', ...style, fields: { tags: { ...style, lists: 'commas' as const } } } as const;
  const form: OperationOf<'http'> = { ...plain, call: { ...plain.call, encoding } };
  expect(operationOf(modelOf(form, 'http'), 'bank', form)).toEqual({ operation: form });
  const withoutBody = operationOf(
    { ...modelOf(form, 'http'), call: { ...modelOf(form, 'http').call, body: 'none' } },
    'bank',
    form
  );
  expect(withoutBody).not.toHaveProperty('operation.call.encoding');
  expect(operationOf(modelOf(plain, 'http'), 'bank', plain)).toEqual({ operation: plain });
});

test('[OM1] what has no meaning for the effect is left out', () => {
  const result = operationOf({ ...modelOf(operation, 'http'), effect: 'none' }, 'bank', operation);
  expect(result).toMatchObject({ operation: { effect: 'none' } });
  expect(Object.keys('operation' in result ? result.operation : {})).not.toContain('undo');
});

test('[OM1] a new operation with a title and a name can be stored', () => {
  const result = operationOf({ ...modelOf(null, 'http'), title: 'Pay', name: 'pay' }, 'bank', null);
  expect('operation' in result && operationSchema.safeParse(result.operation).success).toBe(true);
});

test('[OM2] texts that cannot be read are problems of their fields', () => {
  const whole = modelOf(operation, 'http');
  const call = { ...whole.call, mapping: 'x', notApplied: '402, many' };
  const model = { ...whole, call, input: '{', attempts: '-1' };
  expect(operationOf(model, 'bank', operation)).toEqual({
    problems: {
      input: expect.stringMatching(/^This is not JSON\. Line 1, column 2: /),
      mapping: 'This is not JSON.',
      notApplied: 'Statuses such as 402, 409.',
      attempts: 'A whole number; 0 for no limit.',
    },
  });
});

test('[OM1] a statement goes through the form without a change', () => {
  const statement: OperationOf<'sql'> = {
    ...operation,
    call: { kind: 'sql', statement: 'SELECT * FROM account\nWHERE id = {id}', answer: 'all' },
  };
  expect(operationOf(modelOf(statement, 'sql'), 'bank', statement)).toEqual({ operation: statement });
});

test('[OM1] a mail goes through the form without a change, and a new one cannot be undone', () => {
  const { undo: _, ...rest } = operation;
  const letter: OperationOf<'mail'> = {
    ...rest,
    effect: 'irreversible',
    call: {
      kind: 'mail',
      to: ['{to}', 'office@example.com'],
      cc: [],
      replyTo: '',
      subject: 'Order {order}',
      text: 'Hello,\n\n{text}\n',
      answer: 'sent',
    },
  };
  expect(operationOf(modelOf(letter, 'mail'), 'bank', letter)).toEqual({ operation: letter });
  expect(modelOf(null, 'mail').effect).toBe('irreversible');
});

test.each(KIND_NAMES)('[OM1] a new operation of the kind %s goes through its form without a change', (kind: Kind) => {
  const result = operationOf({ ...modelOf(null, kind), title: 'Do', name: 'do' }, 'bank', null);
  if (!('operation' in result)) throw new Error('the form of a new operation has problems');
  expect(operationOf(modelOf(result.operation, kind), 'bank', result.operation)).toEqual(result);
});
