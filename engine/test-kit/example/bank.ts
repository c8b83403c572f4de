/** The operations that the flow of the example calls, as its tests know them. */
import type { OwnOperation } from 'backstitch/test-kit';

const text = { type: 'string' } as const;
const fields = (...names: string[]) => ({
  type: 'object' as const,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, name === 'amount' ? { type: 'integer' as const } : text])),
});

export const BANK: OwnOperation[] = [
  { name: 'bank.holdMoney', effect: 'reversible', input: fields('orderId', 'amount'), output: fields('holdId') },
  { name: 'bank.releaseMoney', effect: 'none', input: fields('orderId') },
  { name: 'bank.payOut', effect: 'irreversible', input: fields('holdId'), output: fields('paymentId') },
];
