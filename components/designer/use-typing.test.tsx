// @vitest-environment jsdom
/**
 * Rules
 * [TYP1] What somebody types is noted with its field, until the field is left or after a pause.
 * [TYP2] A field in which somebody else types shows the name, and no other field does.
 */
import { act, cleanup, renderHook, screen, within } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { typingKey } from './inspector/place';
import { draftOf, show, step } from './inspector/testing/show';
import { typistsOf, useTyping } from './use-typing';

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

test('[TYP1] the field is noted while somebody types, and forgotten when it is left or after a pause', () => {
  vi.useFakeTimers();
  document.body.innerHTML = '<div data-field="input.amount"><input></div><input id="other">';
  const { result } = renderHook(() => useTyping());
  const type = (selector: string) => act(() => result.current[1]('charge', document.querySelector(selector)));
  type('[data-field] input');
  expect(result.current[0]).toBe(typingKey('charge', 'input.amount'));
  act(() => void vi.advanceTimersByTime(10_000));
  expect(result.current[0]).toBeNull();
  type('[data-field] input');
  act(() => result.current[1]('charge', null));
  expect(result.current[0]).toBeNull();
  type('#other');
  expect(result.current[0]).toBeNull();
});

test('[TYP2] a field shows who else is typing in it', () => {
  const typists = typistsOf([
    { name: 'Ada', typing: typingKey('charge', 'title') },
    { name: 'Bo', typing: typingKey('charge', 'title') },
    { name: 'Cy', typing: null },
  ]);
  show(draftOf(step('charge', { activity: 'shop.charge' })), 'charge', { typists });
  const marks = screen.getAllByText(/typing here/);
  expect(marks.map(({ textContent }) => textContent)).toEqual(['Ada and Bo: typing here']);
  expect(within(marks[0]!.closest<HTMLElement>('[data-field="title"]')!).getByRole('textbox')).toBeTruthy();
});
