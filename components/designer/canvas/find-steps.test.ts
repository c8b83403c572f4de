import { expect, test } from 'vitest';
import { draftOf } from '@/engine/flow/edit/draft';
import type { FlowDocument } from '@/engine/flow/document';
import { findSteps } from './find-steps';

const draft = draftOf({
  format: 2,
  name: 'shop',
  title: 'Shop',
  input: { type: 'object' },
  steps: [
    {
      id: 'charge',
      kind: 'action',
      title: 'Charge the card',
      activity: 'bank.charge',
      input: { to: { $expr: 'input.card' } },
    },
    {
      id: 'way',
      kind: 'choice',
      title: 'Which way',
      branches: [
        {
          id: 'b',
          title: 'Large order',
          when: 'input.total > 1000',
          steps: [{ id: 'ask', kind: 'wait', title: 'Wait', duration: '1d' }],
        },
      ],
    },
  ],
} as unknown as FlowDocument);

test('[FS1] a step is found by title, id, what it calls, and text in its fields and those of its branches', () => {
  expect(findSteps(draft, 'the card')).toEqual(['charge']);
  expect(findSteps(draft, 'ask')).toEqual(['ask']);
  expect(findSteps(draft, 'bank.')).toEqual(['charge']);
  expect(findSteps(draft, 'input.card')).toEqual(['charge']);
  expect(findSteps(draft, 'total > 1000')).toEqual(['way']);
  expect(findSteps(draft, 'large')).toEqual(['way']);
  expect(findSteps(draft, 'nothing of this')).toEqual([]);
});
test('[FS2] capitals do not count, matches are in reading order, and spaces alone find nothing', () => {
  expect(findSteps(draft, 'WA')).toEqual(['way', 'ask']);
  expect(findSteps(draft, '  ')).toEqual([]);
});
