import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '@/engine/flow/edit/draft';
import { jsonTextOf, templateOf, templateOfJson, textOf } from './template-text';

const alone = () => true;
const never = () => false;
/** Texts in which everything that has a meaning comes often. */
const text = fc
  .array(
    fc.constantFrom('a', ' ', '\\', '$', '{', '}', '`', '${', "'", '"', '\n', 'input.a', '${input.a}', '${b?.c}'),
    { maxLength: 12 }
  )
  .map((parts) => parts.join(''));
/** The text that an expression gives, with its values by name. */
function evaluated(template: Json): string {
  if (typeof template === 'string') return template;
  const { $expr } = template as { $expr: string };
  return String(new Function('input', 'b', `return (${$expr})`)({ a: 'A' }, { c: 'C' }));
}

describe('text with values', () => {
  it.each<[string, Json]>([
    ['Order', 'Order'],
    ['Order ${input.orderId}', { $expr: '`Order ${input.orderId}`' }],
    ['${input.orderId}', { $expr: 'input.orderId' }],
    ['a `b` \\c ${x}', { $expr: '`a \\`b\\` \\\\c ${x}`' }],
    [
      "${items.filter((i) => i.name !== '}').length} items",
      { $expr: "`${items.filter((i) => i.name !== '}').length} items`" },
    ],
    ['costs \\${x}', 'costs ${x}'],
    ['never closed ${x', 'never closed ${x'],
  ])('[TT1] %s is the template %j, and is shown so', (words, template) => {
    expect(templateOf(words, alone)).toEqual(template);
    expect(textOf(template)).toBe(words);
  });
  it('[TT1] a value alone becomes text where its own type does not fit', () => {
    expect(templateOf('${input.amount}', never)).toEqual({ $expr: '`${input.amount}`' });
    expect(textOf({ $expr: '`${input.amount}`' })).toBe('${input.amount}');
  });
  it('[TT1] an expression that is more than text with values is none', () => {
    for (const $expr of ['input.amount * 2', 'a`b`', '`a` + `b`', '`${`x`}`', "'text'"])
      expect(textOf({ $expr })).toBeNull();
    expect(textOf(5)).toBeNull();
    expect(textOf({ name: 'x' })).toBeNull();
  });
  it('[TT2] what was written is read again with the same meaning, and then stays as it is', () => {
    fc.assert(
      fc.property(text, (words) => {
        const template = templateOf(words, never);
        const shown = textOf(template);
        expect(shown).not.toBeNull();
        expect(templateOf(shown!, never)).toEqual(template);
      }),
      { numRuns: 2_000 }
    );
  });
  it('[TT3] a text without values is that text, whatever characters it has', () => {
    fc.assert(
      fc.property(text, (words) => {
        const shown = textOf(words)!;
        expect(templateOf(shown, alone)).toBe(words);
      }),
      { numRuns: 2_000 }
    );
  });
  it('[TT2] the expression gives the text with its values in it', () => {
    expect(evaluated(templateOf('`\\ ${input.a}\n\\${no} ${b?.c}', never))).toBe('`\\ A\n${no} C');
  });
});

describe('JSON with values', () => {
  it('[TT2] values keep their type, and the template comes back as it was', () => {
    const template: Json = {
      amount: { $expr: 'input.amount' },
      note: { $expr: '`Order ${input.id}`' },
      list: [1, { $expr: 'a + 1' }],
    };
    const shown = jsonTextOf(template)!;
    expect(shown).toContain('"amount": "${input.amount}"');
    expect(templateOfJson(JSON.parse(shown) as Json)).toEqual(template);
  });
  it('[TT2] an expression that cannot be written in a text is not written so', () => {
    expect(jsonTextOf({ a: { $expr: '`a` + `b`' } })).toBeNull();
  });
});
