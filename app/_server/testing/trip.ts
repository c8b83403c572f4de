/**
 * A flow for tests of operations: it asks somebody of Finance other than who started it, then waits for the invoice;
 * its note can be changed until it was decided.
 */
import { compile } from '@/engine/compiler/compile';
import { readSagaSources } from '@/engine/compiler/saga-sources';
import { catalogue } from '@/engine/activities/catalogue';
import { flowEntryName, type Catalogue } from '@/engine/flow/catalogue';
import { flowEntry } from '@/engine/flow/flow-entry';
import type { WorkflowSource } from '@/engine/history/testing/proof';

export const TRIP = {
  format: 1,
  name: 'business-trip',
  title: 'Business trip',
  input: {
    type: 'object',
    required: ['who', 'amount'],
    additionalProperties: false,
    properties: {
      who: { type: 'string', title: 'Who', minLength: 1 },
      amount: { type: 'integer', title: 'Amount', minimum: 1 },
      card: { type: 'string', title: 'Card', default: '' },
      leaves: { type: 'string', title: 'Leaves', format: 'date-time' },
    },
  },
  output: {
    type: 'object',
    required: ['decidedBy', 'invoice'],
    properties: { decidedBy: { type: 'string' }, invoice: { type: 'string' } },
  },
  variables: { note: { schema: { type: 'string' }, initial: '' } },
  signals: {
    invoice: {
      title: 'The invoice is there',
      schema: {
        type: 'object',
        required: ['number'],
        additionalProperties: false,
        properties: { number: { type: 'string', minLength: 1 }, at: { type: 'string', format: 'date-time' } },
      },
    },
  },
  queries: {
    note: { title: 'The note', result: { $expr: 'note' }, schema: { type: 'string' } },
  },
  updates: {
    changeNote: {
      title: 'Change the note',
      schema: {
        type: 'object',
        required: ['note'],
        additionalProperties: false,
        properties: { note: { type: 'string', maxLength: 100 } },
      },
      accept: "argument.note !== 'refuse me'",
      refusal: 'This note is not for anybody.',
      set: { note: { $expr: 'argument.note' } },
    },
  },
  steps: [
    {
      id: 'approve',
      kind: 'approval',
      title: 'Approve the trip',
      question: 'May this trip be booked?',
      candidates: ['finance', 'Bob@example.com'],
      data: {
        who: { $expr: 'input.who' },
        amount: { $expr: 'input.amount' },
        card: { $expr: "input.card ?? ''" },
      },
      schema: {
        type: 'object',
        properties: {
          who: { type: 'string', title: 'Who' },
          card: { type: 'string', title: 'Card', sensitive: true },
          amount: { type: 'integer', title: 'Amount', primary: true },
        },
      },
      requireComment: 'onReject',
      forbidStarter: true,
    },
    { id: 'wait-for-invoice', kind: 'waitForSignal', title: 'Invoice', signal: 'invoice' },
    {
      id: 'done',
      kind: 'end',
      title: 'Done',
      output: {
        decidedBy: { $expr: "approve.decidedBy ?? ''" },
        invoice: { $expr: 'waitForInvoice.number' },
      },
    },
  ],
};

/** What the first version of a flow runs, for the official replayer. */
export const tripSource = (): Promise<WorkflowSource> => flowSource(TRIP);

export const flowSource = async (document: unknown) => (await compiledSource(document, {})).source;

async function compiledSource(document: unknown, flows: Catalogue) {
  const saga = readSagaSources();
  const { files, manifest, diagnostics } = await compile(document, {
    version: 1,
    catalogue: { ...catalogue, ...flows },
    saga,
  });
  if (!manifest) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const library = Object.fromEntries(Object.entries(saga).map(([name, text]) => [`saga/${name}`, text]));
  const source = {
    entry: 'workflow.ts',
    modules: { ...files, ...library } as Record<string, string>,
    alias: { '@backstitch/saga': 'saga/index.ts' },
  } satisfies WorkflowSource;
  return { source, manifest };
}

/** Of several flows, in one bundle. Each may run those before it. */
export async function flowSources(documents: readonly unknown[]): Promise<WorkflowSource> {
  const all: Awaited<ReturnType<typeof flowSource>>[] = [];
  let flows: Catalogue = {};
  for (const document of documents) {
    const { source, manifest } = await compiledSource(document, flows);
    flows = { ...flows, [flowEntryName(manifest.flow)]: flowEntry(manifest) };
    all.push(source);
  }
  const [first] = all;
  const modules: Record<string, string> = {
    'workflow.ts': all.map((_, index) => `export * from './flow-${index}/workflow';`).join('\n'),
  };
  for (const [index, source] of all.entries())
    for (const [name, text] of Object.entries(source.modules))
      modules[name.startsWith('saga/') ? name : `flow-${index}/${name}`] = text;
  return { ...first!, modules };
}
