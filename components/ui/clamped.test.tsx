// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clamped } from './clamped';

let height = 0;
beforeEach(() => {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    }
  );
  vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(() => height);
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(60);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('[CLA1] a text of a few lines is shown as it is', () => {
  height = 60;
  render(<Clamped>Short.</Clamped>);
  expect(screen.queryByRole('button')).toBeNull();
});

test('[CLA1] a longer one is cut, shown whole on request, and cut again', () => {
  height = 4_000;
  render(<Clamped>{'A reason. '.repeat(400)}</Clamped>);
  const text = screen.getByText(/A reason/);
  expect(text.className).toContain('line-clamp-3');
  fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
  expect(text.className).not.toContain('line-clamp');
  fireEvent.click(screen.getByRole('button', { name: 'Show less' }));
  expect(text.className).toContain('line-clamp-3');
});
