import { expect, test } from 'vitest';
import { fieldAt } from './failure-band';

test.each([
  ['/connection/settings/testPath', 'Test path'],
  ['/operations/2', 'Entry 3'],
  ['/input/properties/orderId', 'Input › orderId'],
  ['/properties/a', "'a'"],
  ['/', null],
  ['charge-payment', "Step 'charge-payment'"],
])('[FB1] the place %s is %s', (at, words) => expect(fieldAt(at)).toBe(words));
