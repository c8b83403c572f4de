// @vitest-environment jsdom
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import { JsonTree } from './json-tree';
import { SchemaValue, SchemaView } from './schema-value';
import { TooltipProvider } from './tooltip';

afterEach(cleanup);
const show = (element: React.ReactNode) => render(<TooltipProvider>{element}</TooltipProvider>).container.textContent;
const ID = { $exact: '9007199254740993' };

test('[SV1] a number too large for JavaScript is shown with all its digits, also in Raw', () => {
  expect(show(<SchemaValue value={ID} schema={{ type: 'number' }} />)).toBe('9007199254740993');
  expect(show(<JsonTree value={{ id: ID }} />)).toContain('id: 9007199254740993');
});
test('[SV2] an amount too large for JavaScript is shown as an amount', () => {
  const schema = { type: 'integer', format: 'money', currencyField: 'currency' } as const;
  expect(show(<SchemaValue value={ID} schema={schema} siblings={{ currency: 'JPY' }} />)).toBe(
    'JP¥9,007,199,254,740,993'
  );
});
test('[SV3] hidden characters of a text are named, and only a part of a very long text is shown', () => {
  expect(show(<SchemaValue value={'refund \u202e001'} schema={{ type: 'string' }} />)).toContain('U+202E');
  cleanup();
  const shown = show(<SchemaView value={{ note: 'x'.repeat(1_000_000) }} schema={null} />) ?? '';
  expect(shown.length).toBeLessThan(10_000);
  expect(screen.getByRole('button', { name: 'Show more' })).toBeTruthy();
});
test('[SV4] a folded group shows the value by which it differs from others', () => {
  const tools = [{ name: 'lookUpOrder', inputSchema: {} }, { name: 7 }];
  const shown = show(<JsonTree value={{ tools }} />);
  expect(shown).toContain('0: { "lookUpOrder", 2 fields }');
  expect(shown).toContain('1: { 1 field }');
});
