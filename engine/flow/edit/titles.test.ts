import { expect, test } from 'vitest';
import type { Draft } from './draft';
import { oneLineTitles } from './titles';

const LINES = 'Pay\n\tthe rent';
const WHOLE = 'Pay the rent';

test('[TTL1] every title is one line, texts and data are not changed', () => {
  const given = (title: string): Draft => {
    const step = { id: 'pay', kind: 'action', fields: { title, note: LINES, input: { title: LINES } }, branches: [] };
    const inner = { ...step, id: 'inner', fields: { title, undo: { title, input: { title: LINES } } } };
    return {
      flow: {
        title,
        description: LINES,
        input: { type: 'object', title: LINES },
        signals: { go: { title, schema: {} } },
        scenarios: [{ name: 'one', title, input: { title: LINES } }],
      },
      steps: [
        { ...step, kind: 'action' },
        {
          id: 'which',
          kind: 'choice',
          fields: { title },
          branches: [{ id: 'b', at: 'branches', fields: { title }, steps: [{ ...inner, kind: 'action' }] }],
        },
      ],
      tray: [{ ...inner, id: 'aside', kind: 'action' }],
    };
  };
  expect(oneLineTitles(given(LINES))).toEqual(given(WHOLE));
  expect(oneLineTitles(given('\u2028')).flow.title).toBe(' ');
});
