// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { answerForLayout } from '@/components/ui/testing/no-layout';
import { TooltipProvider } from '@/components/ui/tooltip';
import type { JsonSchema } from '@/engine/flow/document';
import { draftOf, FLOW, show, step } from '../inspector/testing/show';
import { ROW_ATTRIBUTE } from './row-attribute';
import { SchemaEditor } from './schema-editor';

const drawn = vi.hoisted(() => ({ lines: 0, editors: 0 }));
vi.mock('./preview', async (original) => {
  const { Preview } = await original<typeof import('./preview')>();
  return {
    Preview(props: Parameters<typeof Preview>[0]) {
      drawn.editors++;
      return <Preview {...props} />;
    },
  };
});
vi.mock(import('./kinds'), async (original) => {
  const kinds = await original();
  return {
    ...kinds,
    typeWords: (schema) => {
      drawn.lines++;
      return kinds.typeWords(schema);
    },
  };
});

beforeAll(answerForLayout);
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

const reading = step('charge', {
  title: 'Charge',
  activity: 'shop.charge',
  input: { orderId: { $expr: 'input.orderId' }, note: { $expr: 'input.customer?.name' } },
});
function showFlow(input: JsonSchema = FLOW.input as JsonSchema) {
  const draft = { ...draftOf(reading), flow: { ...FLOW, input } };
  const shown = show(draft as typeof draft & ReturnType<typeof draftOf>, null);
  const section = document.querySelector('[data-field="input"]')?.closest('details');
  if (section) section.open = true;
  return shown;
}
const line = (title: string) =>
  [...document.querySelectorAll<HTMLElement>(`[${ROW_ATTRIBUTE}] button[aria-controls]`)].find((each) =>
    each.textContent.startsWith(title)
  )!;
const button = (label: string) => document.querySelector(`button[aria-label="${label}"]`)!;
const focused = () => document.activeElement?.closest(`[${ROW_ATTRIBUTE}]`)?.getAttribute(ROW_ATTRIBUTE);
const inputOf = (shown: ReturnType<typeof show>) => shown.draft().flow.input as JsonSchema;
const readsOf = (shown: ReturnType<typeof show>) => shown.node('charge').fields.input;

it('[SED7] by the keyboard a field goes into the group beside it and out again, with the focus and what reads it, in one gesture', async () => {
  const shown = showFlow();
  line('Order number').focus();
  await userEvent.keyboard('{Alt>}{ArrowRight}{/Alt}');
  expect(Object.keys(inputOf(shown).properties!.customer!.properties!)).toEqual(['name', 'orderId']);
  expect(readsOf(shown)).toMatchObject({ orderId: { $expr: 'input.customer?.orderId' } });
  expect(shown.sent).toHaveLength(1);
  expect(focused()).toBe('["customer","orderId"]');
  await userEvent.keyboard('{Alt>}{ArrowLeft}{/Alt}');
  expect(Object.keys(inputOf(shown).properties!)).toEqual(['amount', 'customer', 'orderId']);
  expect(readsOf(shown)).toMatchObject({ orderId: { $expr: 'input.orderId' } });
  expect(shown.sent).toHaveLength(2);
  await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(Object.keys(inputOf(shown).properties!)).toEqual(['amount', 'orderId', 'customer']);
  expect(focused()).toBe('["orderId"]');
});

it('[SED7] the menu of a field names the groups, and says why one of them cannot have it', async () => {
  const input = FLOW.input as JsonSchema;
  const shown = showFlow({ ...input, properties: { ...input.properties, name: { type: 'string', title: 'Alias' } } });
  await userEvent.click(button('Move Total'));
  await userEvent.click(await screen.findByRole('menuitem', { name: "Move into 'Customer'" }));
  expect(Object.keys(inputOf(shown).properties!.customer!.properties!)).toEqual(['name', 'amount']);
  await userEvent.click(button('Move Alias'));
  const refused = await screen.findByRole('menuitem', { name: /^Move into 'Customer'/ });
  expect(refused.getAttribute('aria-disabled')).toBe('true');
  expect(refused.textContent).toContain("'Customer' has a field named 'name'");
  await userEvent.keyboard('{Escape}');
  line('Alias').focus();
  await userEvent.keyboard('{Alt>}{ArrowRight}{/Alt}');
  expect(screen.getByText(/^'Customer' has a field named 'name'/)).toBeDefined();
  expect(shown.sent).toHaveLength(1);
});

/** Lines of 40 pixels, one under the other. */
function layOut(): void {
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (this: Element) {
    const lines = [...document.querySelectorAll(`[${ROW_ATTRIBUTE}] > :first-child`)];
    const index = lines.findIndex((each) => each === this || each.parentElement === this);
    return new DOMRect(0, index * 40, 300, 40);
  });
}
function drag(title: string, clientY: number): void {
  fireEvent(grip(title), pointer('pointerdown', 0));
  fireEvent(window, pointer('pointermove', clientY));
}
const grip = (title: string) => line(title).parentElement!.querySelector('[title^="Drag"]')!;
const pointer = (type: string, clientY: number) => new MouseEvent(type, { bubbles: true, clientX: 10, clientY });

it('[SED8] a drop in the middle of a group goes into it, one at an edge of a line before or after it, and Esc leaves it', () => {
  const shown = showFlow();
  layOut();
  drag('Order number', 100);
  expect(screen.getByText("Moves into 'Customer'")).toBeDefined();
  fireEvent.keyDown(window, { key: 'Escape' });
  fireEvent(window, pointer('pointerup', 100));
  expect(shown.sent).toEqual([]);
  drag('Order number', 118);
  fireEvent(window, pointer('pointerup', 118));
  expect(Object.keys(inputOf(shown).properties!)).toEqual(['amount', 'customer', 'orderId']);
  drag('Order number', 60);
  fireEvent(window, pointer('pointerup', 60));
  expect(Object.keys(inputOf(shown).properties!.customer!.properties!)).toEqual(['name', 'orderId']);
  expect(shown.sent).toHaveLength(2);
});

it('[SED9] of a hundred fields a change of one draws one line again, and a line has few elements', () => {
  const names = Array.from({ length: 100 }, (_, index) => `field${index}`);
  function Editor() {
    const properties = Object.fromEntries(names.map((name): [string, JsonSchema] => [name, { type: 'string' }]));
    const [schema, setSchema] = useState<JsonSchema>({ type: 'object', properties });
    return (
      <TooltipProvider>
        <SchemaEditor label="Input" schema={schema} groupOnly onChange={setSchema} onSettle={() => {}} />
      </TooltipProvider>
    );
  }
  render(<Editor />);
  const list = document.querySelector('[aria-label="Fields of Input"]')!;
  expect(list.children).toHaveLength(100);
  expect(list.querySelectorAll('*').length / 100).toBeLessThan(24);
  fireEvent.click(line('Field7'));
  drawn.lines = 0;
  const sensitive = [...document.querySelectorAll('label')].find((each) => each.textContent.startsWith('Sensitive'));
  fireEvent.click(sensitive!);
  expect(drawn.lines).toBe(1);
});

it.each([
  { isFilled: true, words: 'The form that people will see', inputs: 1 },
  { isFilled: false, words: 'How people will see it', inputs: 0 },
])(
  '[SED10] what people fill in is previewed as a form, what they read as values: $words',
  ({ isFilled, words, inputs }) => {
    const schema: JsonSchema = { type: 'object', properties: { total: { title: 'Total', type: 'integer' } } };
    render(
      <TooltipProvider>
        <SchemaEditor label="It" schema={schema} isFilled={isFilled} onChange={() => {}} onSettle={() => {}} />
      </TooltipProvider>
    );
    const preview = screen.getByText(words).closest('details')!;
    preview.open = true;
    fireEvent(preview, new Event('toggle'));
    expect(preview.textContent).toContain('Total');
    expect(preview.querySelectorAll('input')).toHaveLength(inputs);
  }
);

it('[SED11] of 300 fields in the form of a flow, a letter draws the line of its field, and an edit of something else draws none', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `field${index}`);
  const shown = showFlow({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string', title: `Title ${name}` }])),
  });
  fireEvent.click(line('Title field7'));
  const title = [...document.querySelectorAll('input')].find(({ value }) => value === 'Title field7')!;
  fireEvent.focus(title);
  Object.assign(drawn, { lines: 0, editors: 0 });
  fireEvent.change(title, { target: { value: 'Title field7x' } });
  expect(inputOf(shown).properties!.field7!.title).toBe('Title field7x');
  expect(drawn).toEqual({ lines: 1, editors: 1 });
  shown.theirs({ op: 'set', target: { node: 'charge' }, path: ['title'], value: 'Another', was: 'Charge' });
  expect(drawn).toEqual({ lines: 1, editors: 1 });
});
