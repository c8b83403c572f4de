// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';
import MarkdownText from './markdown';

afterEach(cleanup);
const shown = (text: string) => render(<MarkdownText text={text} />).container;

test('Markdown is shown as what it means', () => {
  const page = shown('# Once\n\nCharged **once**:\n\n- `a`\n- b');
  expect(page.querySelector('strong')?.textContent).toBe('once');
  expect([...page.querySelectorAll('li')].map(({ textContent }) => textContent)).toEqual(['a', 'b']);
  // A heading of a note is none of the page.
  expect(page.querySelector('h1')).toBe(null);
});

test.each([
  '<script>globalThis.hit = 1</script>',
  '<img src=x onerror="globalThis.hit = 1">',
  '<iframe srcdoc="<script>1</script>"></iframe>',
  'a <b onclick="globalThis.hit = 1">b</b>',
  '<svg><a xlink:href="javascript:alert(1)"></a></svg>',
])('[MD1] HTML is left out: %s', (text) => {
  const page = shown(`before\n\n${text}\n\nbehind`);
  expect(page.querySelectorAll('script, img, iframe, b, svg, [onclick]')).toHaveLength(0);
  expect(page.textContent).toMatch(/^before[^]*behind$/);
});

test('[MD2] links lead to http, https and mailto only', () => {
  const addresses = ['https://a.example/x?y=1', 'http://a.example', 'mailto:ada@example.com'];
  const page = shown(addresses.map((address) => `[go](${address})`).join(' '));
  expect([...page.querySelectorAll('a')].map((link) => link.getAttribute('href'))).toEqual(addresses);
  expect(page.querySelector('a')?.rel).toContain('noopener');
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '&#106;avascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  '/settings',
  'file:///etc/passwd',
])('[MD2] the text of another link remains: %s', (address) => {
  const page = shown(`[go](${address})`);
  expect(page.querySelector('a')).toBe(null);
  expect(page.textContent).toBe('go');
});

test('[MD3] a picture is its description', () => {
  const page = shown('![a cat](https://tracker.example/cat.png)');
  expect(page.querySelector('img')).toBe(null);
  expect(page.textContent).toBe('a cat');
});
