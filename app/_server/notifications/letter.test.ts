/** The rules are in letter.ts. */
import { expect, test } from 'vitest';
import type { HumanTask } from '@/prisma/client/client';
import { digestOf, letterOf, type Said } from './letter';

const TASK = {
  taskId: 'order-1/approve',
  flow: 'order',
  title: 'Approve the order',
  question: 'May this order be shipped?',
  decisions: null,
  requireComment: 'never',
  decision: null,
  outcome: null,
  assignedBy: null,
  data: {
    amount: 129_000,
    currency: 'EUR',
    card: '4242424242424242',
    share: 0.25,
    leaves: '2026-12-24T08:00:00Z',
    fragile: true,
    note: '<img src=x onerror=alert(1)>\u202e',
    items: ['Lamp', 'Chair'],
    address: { street: 'High Street', zip: { code: 1 } },
  },
  schema: {
    type: 'object',
    properties: {
      amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', primary: true },
      card: { type: 'string', title: 'Card', sensitive: true },
      share: { type: 'number', format: 'percent' },
      leaves: { type: 'string', format: 'date-time' },
    },
  },
  openedAt: new Date('2026-11-30T09:00:00Z'),
  dueAt: new Date('2026-12-01T09:00:00Z'),
  settledAt: null,
} as unknown as HumanTask;
const url = 'https://backstitch.example.test/approvals/order-1~2Fapprove';
const said = (more: Partial<Said> = {}, task: Partial<HumanTask> = {}): Said => ({
  kind: 'asked',
  task: { ...TASK, ...task },
  url,
  actingFor: null,
  followed: null,
  question: null,
  ...more,
});
const BERLIN = {
  zone: 'Europe/Berlin',
  settingsUrl: 'https://backstitch.example.test/account#notifications',
  unsubscribeUrl: 'https://backstitch.example.test/unsubscribe/t',
};

test('[NTL1] a mail has the question and the data as the page writes them, and nothing that is sensitive', () => {
  const { subject, text, html } = letterOf(said(), BERLIN);
  expect(subject).toBe('May this order be shipped?');
  const lines = [
    'You are asked to decide this.',
    'Amount: €1,290.00',
    'Card: ••••••',
    'Share: 25%',
    'Fragile: Yes',
    'Items: Lamp, Chair',
    'Address: Street: High Street, Zip: …',
    'Due: 1 Dec 2026, 10:00 CET',
    url,
    'Nothing is decided by opening this link.',
  ];
  for (const line of lines) expect(text.split('\n')).toContain(line);
  for (const part of [text, html]) expect(part).not.toContain('4242');
});

test('[NTL2] its only links are pages', () => {
  const links = [...letterOf(said(), BERLIN).html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link);
  expect(links).toEqual([url, BERLIN.settingsUrl, BERLIN.unsubscribeUrl]);
});

test('[NTL3] texts of data and flows are no markup, no header, and have no invisible characters', () => {
  const { subject, text, html } = letterOf(said({}, { question: 'Ship?\r\nBcc: eve@example.test <b>now</b>' }), BERLIN);
  expect(subject).toBe('Ship? Bcc: eve@example.test <b>now</b>');
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(html).not.toMatch(/<img|<b>/);
  for (const part of [text, html]) expect(part).not.toContain('\u202e');
  expect(letterOf(said({}, { question: 'x'.repeat(1_000) }), BERLIN).subject).toHaveLength(150);
});

test('[NTL1] a decision is told with what ran, what was undone since, and how the run ended', () => {
  const followed = {
    steps: [
      { title: 'Ship', outcome: 'failed' as const },
      { title: 'Charge', outcome: 'done' as const },
    ],
    undone: [{ step: 'Charge', undo: 'Refund' }],
    run: 'WorkflowExecutionFailed',
  };
  const decided = said({ kind: 'followed', followed }, { outcome: 'approved', settledAt: new Date(0) });
  const { subject, text } = letterOf(decided, BERLIN);
  expect(subject).toBe('Undone since: May this order be shipped?');
  for (const line of ['The decision was: Approve. The run failed.', 'Ship: failed', 'Charge: undone by: Refund'])
    expect(text.split('\n')).toContain(line);
  const { text: digest } = digestOf([decided, said()], 'https://backstitch.example.test/approvals', BERLIN);
  expect(digest).toContain('1 approval waits for you');
  expect(digest).toContain('€1,290.00 · due 1 Dec 2026, 10:00 CET · order');
  expect(digest).toContain('The decision was: Approve. The run failed. Undone since: Charge.');
});
