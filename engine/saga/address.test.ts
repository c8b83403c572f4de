import { expect, it } from 'vitest';
import { addressText } from './address';

const path = (drawn: TemplateStringsArray, ...values: unknown[]) => addressText(drawn, values);

it.each([
  ['4711/../admin?force=1#x', '/orders/4711%2F..%2Fadmin%3Fforce%3D1%23x/pay'],
  ['a%2fb', '/orders/a%252fb/pay'],
  ['a\\b;c', '/orders/a%5Cb%3Bc/pay'],
  ['a\r\nHost: evil', '/orders/a%0D%0AHost%3A%20evil/pay'],
  ['Ä ', '/orders/%C3%84%20/pay'],
  [12, '/orders/12/pay'],
  [true, '/orders/true/pay'],
])('[AD1] %j is one segment of a path', (value, expected) => {
  expect(path`/orders/${value}/pay`).toBe(expected);
});

it('[AD2] a value of a query stays one value, and may be empty', () => {
  expect(path`/orders?id=${'1&admin=true#x'}&note=${''}`).toBe('/orders?id=1%26admin%3Dtrue%23x&note=');
});

it.each(['.', '..'])('[AD3] %j is not a segment of a path, in any combination', (dots) => {
  expect(() => path`/orders/${dots}`).toThrow(/dots only/);
  expect(() => path`/orders/${dots};v=1/pay`).toThrow(/dots only/);
  expect(() => path`/orders/${'.'}${'.'}/pay`).toThrow(/dots only/);
  expect(path`/orders/v${dots}`).toBe(`/orders/v${dots}`);
});

it.each([undefined, null, '', {}, ['a'], () => 1])('[AD4] %j would change the address and is refused', (value) => {
  expect(() => path`/orders/${value}`).toThrow(TypeError);
});
