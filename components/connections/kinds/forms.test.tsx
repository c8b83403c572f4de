// @vitest-environment jsdom
/**
 * The forms of all kinds of connections.
 *
 * Rules
 * [KF1] The form of a call of each kind is shown, and takes what is typed.
 * [KF3] The body of an HTTP operation can be a form, and a field of it can have a style of its own.
 * [KF2] A connection of each kind is sent with the settings of its kind, and its secret is sent by itself.
 */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import type { Connection } from '@/app/_contract/connections';
import { TooltipProvider } from '@/components/ui/tooltip';
import { connectionSchema } from '@/engine/flow/connections/connection';
import { KIND_NAMES, type Kind } from '@/engine/flow/connections/kinds/table';
import { ConnectionForm } from '../connection-form';
import { OperationFields } from '../operation-fields';
import { modelOf, operationOf, type OperationModel } from '../operation-model';
import { FormEncoding } from '@/components/flow/form-encoding';
import type { HttpModel } from './http-model';
import { formOf, KIND_OPTIONS } from './table';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
// jsdom has no layout.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

test.each(KIND_NAMES)('[KF1] an operation of the kind %s', async (kind: Kind) => {
  const seen: { model: OperationModel } = { model: modelOf(null, kind) };
  function Form() {
    const [model, setModel] = useState(seen.model);
    seen.model = model;
    return (
      <TooltipProvider>
        <OperationFields
          model={model}
          before={null}
          siblings={[]}
          errorAt={() => null}
          onChange={(change) => setModel((now) => ({ ...now, ...change }))}
        />
      </TooltipProvider>
    );
  }
  render(<Form />);
  await userEvent.type(screen.getByRole('textbox', { name: 'Title' }), 'Do it');
  expect(seen.model.title).toBe('Do it');
  const result = operationOf({ ...seen.model, name: 'doIt' }, 'place', null);
  expect(result).toMatchObject({ operation: { title: 'Do it', call: { kind } } });
});

test('[KF3] a form with the style of most services, and one field in another', async () => {
  const seen: { model: OperationModel } = { model: modelOf(null, 'http') };
  function Form() {
    const [model, setModel] = useState(seen.model);
    seen.model = model;
    const change = (call: object) => setModel((now) => ({ ...now, call: { ...now.call, ...call } }));
    return (
      <TooltipProvider>
        <FormEncoding model={model.call as HttpModel} errorAt={() => null} onChange={change} />
      </TooltipProvider>
    );
  }
  seen.model = { ...seen.model, call: { ...seen.model.call, sentAs: 'form' } };
  render(<Form />);
  await userEvent.click(screen.getByRole('button', { name: 'Write a field in another way' }));
  await userEvent.type(screen.getByRole('textbox', { name: 'Field of the body' }), 'blocks');
  const style = { lists: 'indexed', groups: 'brackets' };
  const call = { encoding: { kind: 'form', ...style, fields: { blocks: style } } };
  expect(operationOf({ ...seen.model, title: 'Do', name: 'do' }, 'place', null)).toMatchObject({ operation: { call } });
  await userEvent.click(screen.getByRole('button', { name: 'Write blocks as the others' }));
  expect(operationOf(seen.model, 'place', null)).not.toHaveProperty('operation.call.encoding.fields');
});

const FILLED: { [K in Kind]?: object } = {
  http: { address: 'https://api.example.com' },
  sql: { host: 'db.example.com', database: 'orders', user: 'me' },
  mail: { host: 'smtp.example.com', from: 'shop@example.com' },
  webhook: { address: 'https://partner.example.com/hooks' },
  redis: { host: 'redis.example.com' },
  model: { address: 'https://api.example.com/v1' },
  mcp: { address: 'https://tools.example.com/mcp' },
  script: {},
};

test.each(KIND_OPTIONS.map(({ value }) => value as Kind))('[KF2] a connection of the kind %s', async (kind: Kind) => {
  const sent: { url: string; body: Record<string, unknown> }[] = [];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    sent.push({ url, body: JSON.parse(String(init.body)) as Record<string, unknown> });
    return new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } });
  });
  const form = formOf(kind);
  const settings = { ...form.newSettings, ...FILLED[kind] };
  const named = form.named?.(settings as never, 'place') ?? settings;
  const connection = { name: 'place', title: 'Place', kind, settings: named, allow: [], options: {} } as Connection;
  expect(connectionSchema.safeParse(connection).error).toBeUndefined();
  const recorded = { revision: 3, createdBy: 'a', createdMs: 0, changedBy: 'a', changedMs: 0 };
  render(
    <QueryClientProvider client={new QueryClient()}>
      <TooltipProvider>
        <ConnectionForm
          row={{ connection, operations: 0, archivedMs: null, archivedBy: null, ...recorded }}
          environment={[]}
          onClose={() => {}}
          onSaved={() => {}}
        />
      </TooltipProvider>
    </QueryClientProvider>
  );
  const secret = form.secretOf(named as never);
  const [value] = document.querySelectorAll<HTMLInputElement>('input[type=password]');
  expect(value !== undefined).toBe(secret !== '' || kind === 'mail');
  if (value && secret !== '') await userEvent.type(value, 'the value');
  await userEvent.type(screen.getByRole('textbox', { name: 'Title' }), '!');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toHaveLength(secret === '' ? 1 : 2));
  if (secret !== '') expect(sent[0]?.body).toMatchObject({ name: secret, value: 'the value' });
  expect(sent.at(-1)?.body).toMatchObject({ base: 3, connection: { ...connection, title: 'Place!' } });
  expect(JSON.stringify(sent.at(-1)?.body)).not.toContain('the value');
});
