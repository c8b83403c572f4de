import { expect, test } from 'vitest';
import type { JsonSchema } from '@/engine/flow/document';
import { currencyOf } from './clause-currency';
import { conditionOf } from './condition';
import { pathsOf } from './scope-paths';

const amount: JsonSchema = { type: 'integer', format: 'money', currencyField: 'currency' };
function of(condition: string, currency: JsonSchema) {
  const schema: JsonSchema = {
    type: 'object',
    properties: { order: { type: 'object', properties: { amount, currency }, required: ['amount'] } },
  };
  const paths = pathsOf([
    { name: 'input', title: 'Input', from: 'input', schema, mayBeMissing: false, type: 'unknown' },
  ] as never);
  const read = conditionOf(condition)!;
  return currencyOf(read.clauses[0]!, read, amount, paths);
}

test("[CCU1] 'the currency is EUR and the amount is more than' is an amount in euros; joined by 'or' it is not", () => {
  const said = "input.order?.amount > 5 && input.order?.currency === 'JPY'";
  expect(of(said, { type: 'string' })).toEqual({ currency: 'JPY', among: ['JPY'] });
  expect(of(said.replace('&&', '||'), { type: 'string' })).toEqual({ currency: null, among: [] });
  expect(of(said.replace('===', '!=='), { type: 'string' }).currency).toBeNull();
});

test('[CCU2] [CCU3] a currency among few decides the decimals if they agree', () => {
  const among = (...values: string[]) => of('input.order.amount > 5', { type: 'string', enum: values });
  expect(among('EUR')).toEqual({ currency: 'EUR', among: ['EUR'] });
  expect(among('EUR', 'USD')).toEqual({ currency: 'EUR', among: ['EUR', 'USD'] });
  expect(among('EUR', 'JPY').currency).toBeNull();
  expect(among('points').currency).toBeNull();
});
