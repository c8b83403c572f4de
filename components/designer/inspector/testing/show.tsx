/** The inspector over a real draft: operations are applied as the session applies them, and every call is recorded. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act, render } from '@testing-library/react';
import { useState, type ReactNode } from 'react';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import type { NodeKind } from '@/engine/flow/document';
import { applyGesture } from '@/engine/flow/edit/apply';
import { newNode } from '@/engine/flow/edit/compose';
import { documentOf } from '@/engine/flow/edit/document-of';
import { findNode, type Draft, type DraftBranch, type DraftNode, type Json } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { lint } from '@/engine/flow/lint';
import { validate } from '@/engine/flow/validate';
import { Inspector, type InspectorProps } from '../inspector';

export const charge: CatalogueActivity = {
  name: 'shop.charge',
  title: 'Charge a payment',
  effect: 'reversible',
  input: {
    type: 'object',
    required: ['amount', 'orderId'],
    properties: {
      orderId: { type: 'string', title: 'Order' },
      amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency' },
      currency: { type: 'string', title: 'Currency' },
      urgent: { type: 'boolean', title: 'Urgent' },
    },
  },
  output: {
    type: 'object',
    required: ['transactionId'],
    properties: { transactionId: { type: 'string', title: 'Transaction' } },
  },
  suggestedUndo: {
    title: 'Refund',
    activity: 'shop.refund',
    input: { orderId: { $expr: 'input.orderId' }, transaction: { $expr: 'output.transactionId' } },
    armed: 'completed',
  },
  defaultOptions: { startToCloseTimeout: '10s', retry: { maximumAttempts: 3 } },
};
const refund: CatalogueActivity = {
  ...charge,
  name: 'shop.refund',
  title: 'Refund a payment',
  effect: 'none',
  suggestedUndo: undefined,
};
const http: CatalogueActivity = {
  name: 'http.request',
  title: 'HTTP request',
  effect: 'per-step',
  input: {
    type: 'object',
    additionalProperties: false,
    properties: {
      method: { title: 'Method', type: 'string', enum: ['GET', 'POST'], default: 'GET' },
      url: { title: 'URL', type: 'string', format: 'link' },
      query: { title: 'Query', type: 'object', additionalProperties: {} },
      headers: { title: 'Headers', type: 'object', additionalProperties: { type: 'string' } },
      body: { title: 'JSON body' },
      answer: { type: 'string', enum: ['body', 'full', 'lookup'] },
    },
  },
  output: 'per-step',
  defaultOptions: { startToCloseTimeout: '30s', retry: { maximumAttempts: 5 } },
};
export const catalogue: Catalogue = { [http.name]: http, [charge.name]: charge, [refund.name]: refund };

export const FLOW: Draft['flow'] = {
  name: 'orders',
  title: 'Orders',
  input: {
    type: 'object',
    required: ['orderId', 'amount'],
    properties: {
      orderId: { type: 'string', title: 'Order number' },
      amount: { type: 'integer', title: 'Total', format: 'money' },
      customer: { type: 'object', title: 'Customer', properties: { name: { type: 'string' } } },
    },
  },
};

export function step(id: string, fields: Record<string, Json> = {}, kind: NodeKind = 'action'): DraftNode {
  const made = newNode({ flow: {}, steps: [], tray: [] }, kind);
  return { ...made, id, fields: { ...made.fields, title: id, ...fields } };
}
export const branch = (
  id: string,
  at: string,
  fields: Record<string, Json> = {},
  steps: DraftNode[] = []
): DraftBranch => {
  return { id, at, fields, steps };
};
export const draftOf = (...steps: DraftNode[]): Draft => ({ flow: FLOW, steps, tray: [] });

export interface Sent {
  operations: readonly Operation[];
  typing: boolean;
}

export interface Shown {
  /** In the order in which they were sent; 'settled' where a gesture ended. */
  sent: (Sent | 'settled')[];
  draft: () => Draft;
  /** A change by somebody else. */
  theirs: (...operations: Operation[]) => void;
  selected: () => string | null;
  select: (id: string | null) => void;
  node: (id: string) => DraftNode;
}

/** May read nothing, so that nothing is asked of a server. */
const nobody: Person = { id: 'nobody', name: 'Nobody', email: 'nobody@example.com', groups: [], grants: [] };
const client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
const Around = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={client}>
    <PersonProvider person={nobody}>
      <TooltipProvider>{children}</TooltipProvider>
    </PersonProvider>
  </QueryClientProvider>
);

export function show(
  draft: Draft,
  selected: string | null,
  more: Partial<InspectorProps> & { problems?: Diagnostic[] } = {}
): Shown {
  const shown: {
    draft: Draft;
    selected: string | null;
    set: (draft: Draft) => void;
    select: (id: string | null) => void;
  } = {
    draft,
    selected,
    set: () => {},
    select: () => {},
  };
  const sent: Shown['sent'] = [];
  function Page() {
    const [now, setNow] = useState(draft);
    const [at, setAt] = useState(selected);
    shown.draft = now;
    shown.selected = at;
    shown.set = setNow;
    shown.select = setAt;
    const { document, problems } = documentOf(now);
    return (
      <Around>
        <Inspector
          draft={now}
          document={document}
          catalogue={catalogue}
          problems={[...problems, ...validate(document, catalogue), ...lint(document, catalogue)]}
          selected={at}
          part="step"
          idsFollowTitles={false}
          readOnly={null}
          typists={new Map()}
          samples={null}
          onEdit={(operations, how) => {
            sent.push({ operations, typing: how?.typing ?? false });
            setNow((before) => applied(before, operations));
          }}
          onSettle={() => sent.push('settled')}
          onSelect={setAt}
          {...more}
        />
      </Around>
    );
  }
  render(<Page />);
  return {
    sent,
    draft: () => shown.draft,
    theirs: (...operations) => act(() => shown.set(applied(shown.draft, operations))),
    selected: () => shown.selected,
    select: (id) => act(() => shown.select(id)),
    node: (id) => findNode(shown.draft, id)!,
  };
}

function applied(draft: Draft, operations: readonly Operation[]): Draft {
  const outcome = applyGesture(draft, { operations });
  if (outcome.refusal) throw new Error(outcome.refusal.message);
  return outcome.draft;
}

/** What was sent, without the marks of ends. */
export const operationsOf = ({ sent }: Shown): Operation[] =>
  sent.flatMap((each) => (each === 'settled' ? [] : each.operations));
