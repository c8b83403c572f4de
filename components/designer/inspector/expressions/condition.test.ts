import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMPARISONS, conditionOf, conditionText, needsValue, TESTS, type Clause, type Operator } from './condition';

const operators = [
  ...Object.keys(COMPARISONS),
  ...Object.keys(TESTS),
  'isTrue',
  'isFalse',
  'isGiven',
  'isMissing',
  'isEmpty',
  'notEmpty',
] as Operator[];
const path = fc.constantFrom('input.amount', 'state', 'charge?.id', 'input.customer?.name', 'items[0].sku');
const value = fc.oneof(
  fc.record({
    literal: fc.oneof(
      fc.constantFrom('', "it's", 'a \\ b', 'x && y', '"', 'two\nlines'),
      fc.integer(),
      fc.constant(2.5)
    ),
  }),
  fc.record({ path: fc.constantFrom('input.limit', 'other') })
);
const clause = fc
  .record({ path, operator: fc.constantFrom(...operators), value })
  .map((made): Clause => ({ ...made, value: needsValue(made.operator) ? made.value : null }));

describe('conditions', () => {
  it('[CON1] the expression of rows gives the same rows again', () => {
    fc.assert(
      fc.property(
        fc.array(clause, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('&&' as const, '||' as const),
        (clauses, joined) => {
          const read = conditionOf(conditionText({ joined, clauses }));
          expect(read?.clauses).toEqual(clauses);
          if (clauses.length > 1) expect(read?.joined).toBe(joined);
        }
      ),
      { numRuns: 1_000 }
    );
  });
  it.each([
    ['input.amount > 50000', { path: 'input.amount', operator: 'more', value: { literal: 50_000 } }],
    ['input.amount>=1', { path: 'input.amount', operator: 'atLeast', value: { literal: 1 } }],
    ['state === "open"', { path: 'state', operator: 'is', value: { literal: 'open' } }],
    ['!input.urgent', { path: 'input.urgent', operator: 'isFalse', value: null }],
    ['charge !== undefined', { path: 'charge', operator: 'isGiven', value: null }],
  ])('[CON1] %s is one row', (expression, row) => {
    expect(conditionOf(expression)?.clauses).toEqual([row]);
  });
  it.each([
    'a && b || c',
    '(a || b) && c',
    'input.amount * 2 > 5',
    'input.items.some((item) => item.qty > 5)',
    'input.amount == 5',
    'undefined === a',
    'a > undefined',
    'true',
    '5 > a',
    '',
  ])('[CON2] %j is left to be written by hand', (expression) => {
    expect(conditionOf(expression)).toBeNull();
  });
  it('[CON1] a test of something that may be missing still gives yes or no', () => {
    const clauses: Clause[] = [{ path: 'charge?.id', operator: 'startsWith', value: { literal: 'T' } }];
    expect(conditionText({ joined: '&&', clauses })).toBe("charge?.id?.startsWith('T') === true");
  });
});
