/** [CP] What the code pane compares, and how it takes over a new text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { comparable } from './comparable';
import { replacement } from '@/components/code/replacement';

const code = (version: number, rest = '') =>
  `/**\n * Order fulfilment, version ${version}.\n *\n * Sends it.\n */\nexport async function order_v${version}() { order_v${version}0(); ${rest}}\n`;

test('[COM1] another number of the version is no change, and everything else is', () => {
  const earlier = { text: code(3), workflowType: 'order_v3' };
  const named = comparable(earlier, { text: code(4), workflowType: 'order_v4' });
  expect(named).toBe(code(4).replace('order_v40', 'order_v30'));
  const short = { text: '/** Pay, version 3. */\npay_v3', workflowType: 'pay_v3' };
  expect(comparable(short, { text: '', workflowType: 'pay_v12' })).toBe('/** Pay, version 12. */\npay_v12');
  expect(comparable(short, { text: '', workflowType: 'pay_v3' })).toBe(short.text);
});

test('[COM2] one replacement makes any text any other, and touches nothing that is the same at both ends', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 30 });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const change = replacement(before, after);
      if (before === after) {
        expect(change).toBeNull();
        return;
      }
      const { from, to, insert } = change!;
      expect(before.slice(0, from) + insert + before.slice(to)).toBe(after);
      expect(from <= to).toBe(true);
      expect(to - from === 0 || insert.length === 0 || before[from] !== insert[0]).toBe(true);
    }),
    { seed: 6 }
  );
});
