// @vitest-environment jsdom
/** [PI] The drawing as a file. */
import { expect, test, vi } from 'vitest';
import type { FlowDocument } from '@/engine/flow/document';
import { readFlow } from '@/engine/flow/read';
import { allNodes } from '@/engine/flow/tree';
import { pngOf, pngSizes, svgOf } from './picture-files';
import { linesOf, textWidth } from './picture-text';
import { PICTURE_COLOURS } from './picture';

const call = (path: string) => ({ activity: 'http.request', input: { method: 'POST', connection: 'shop', path } });
const { document, diagnostics } = readFlow({
  format: 2,
  name: 'sell',
  title: 'Sell',
  input: { type: 'object', properties: { cents: { type: 'integer' } } },
  steps: [
    {
      id: 'reserve',
      kind: 'action',
      title: 'Reserve the goods',
      effect: 'reversible',
      ...call('/reservations'),
      undo: { title: 'Release the goods', armed: 'completed', ...call('/reservations/release') },
      unknown: { policy: 'undo' },
      catch: [{ id: 'sold-out', types: ['SoldOut'], scope: 'undo', then: [] }],
    },
    {
      id: 'large',
      kind: 'choice',
      title: 'A large one?',
      branches: [{ id: 'yes', title: 'Yes', when: 'input.cents > 500', steps: [] }],
      otherwise: { title: 'No', steps: [] },
    },
    {
      id: 'mail',
      kind: 'action',
      title: 'Send a mail',
      effect: 'irreversible',
      ...call('/mails'),
      pivot: true,
      unknown: { policy: 'ask' },
    },
    { id: 'done', kind: 'end', title: 'Sold' },
  ],
});
if (!document) throw new Error(JSON.stringify(diagnostics));
const flow: FlowDocument = document;
const parsed = (svg: string) => new DOMParser().parseFromString(svg, 'image/svg+xml');
const textsOf = (svg: string) => [...parsed(svg).querySelectorAll('text')].map(({ textContent }) => textContent);

test('[PI1] every step and every undo is in it, as text; nothing in it comes from outside', () => {
  for (const direction of ['down', 'sideways'] as const) {
    const svg = svgOf({ document: flow, declared: null, direction, scheme: 'light' });
    const picture = parsed(svg);
    expect(picture.querySelector('parsererror')).toBeNull();
    const texts = textsOf(svg);
    for (const { title } of allNodes(flow.steps))
      expect(texts.some((text) => text && title.startsWith(text.replace('…', '')))).toBe(true);
    expect(texts).toContain('Release the goods');
    expect(svg).not.toMatch(/class="(?!lucide)|href=|url\(|var\(|<image|<style|foreignObject/);
    const { width, height } = picture.documentElement.attributes as unknown as Record<string, Attr>;
    expect(Number(width?.value) > 200 && Number(height?.value) > 200).toBe(true);
  }
});

test('[PI2] it is light or dark, and a title is data', () => {
  const hostile = { ...flow, title: '<script>alert(1)</script>' };
  const dark = svgOf({ document: hostile, declared: null, direction: 'down', scheme: 'dark' });
  expect(dark).toContain(PICTURE_COLOURS.dark.paper);
  expect(dark).not.toContain(PICTURE_COLOURS.light.card);
  expect(parsed(dark).querySelector('script')).toBeNull();
});

test('[PI3] text is broken between words, and what does not fit ends in …', () => {
  expect(linesOf('Reserve inventory', 300, 13, 2)).toEqual(['Reserve inventory']);
  for (const text of [
    'Reserve all of the inventory in every warehouse',
    'Donaudampfschifffahrtsgesellschaft',
    '在庫を確保する'.repeat(4),
  ])
    for (const most of [1, 2]) {
      const lines = linesOf(text, 90, 13, most);
      expect(lines.length).toBeLessThanOrEqual(most);
      expect(lines.every((line) => textWidth(line, 13) <= 91)).toBe(true);
      expect(lines.at(-1)?.endsWith('…')).toBe(true);
      expect(text.startsWith(lines[0]!.replace('…', ''))).toBe(true);
    }
  expect(linesOf('', 90, 13, 2)).toEqual(['']);
});

test('[PI4] whatever a title contains, the picture is well-formed and nothing in it is hidden', () => {
  const title = 'a\u0001\u001b[31m\u202e\uffff ]]> &amp; <b> \u2028z';
  const [reserve, ...more] = flow.steps;
  const odd = { ...flow, title, steps: [{ ...reserve!, title }, ...more] } as FlowDocument;
  const svg = svgOf({ document: odd, declared: null, direction: 'sideways', scheme: 'light' });
  expect(parsed(svg).querySelector('parsererror')).toBeNull();
  expect(svg).not.toMatch(/[\u0001\u001b\u202e\uffff]/);
  expect(parsed(svg).querySelector('title')?.textContent).toContain('⟨U+0001⟩');
});

test('[PI3] what people see as one letter is never broken', () => {
  const family = '👨‍👩‍👧‍👦';
  expect(textWidth(family, 13)).toBe(textWidth('👨', 13));
  const [line = ''] = linesOf(family.repeat(9), 90, 13, 1);
  expect(line.replace('…', '').replaceAll(family, '')).toBe('');
  expect(textWidth('ế'.normalize('NFD'), 13)).toBe(textWidth('e', 13));
});

test('[PI5] a PNG is twice as large as on the screen, or as large as a browser draws it', () => {
  expect(pngSizes(800, 600)).toEqual([{ width: 1600, height: 1200, scale: 2 }]);
  expect(pngSizes(320, 44_128).map(({ height }) => height)).toEqual([65_535, 32_767, 16_384]);
  for (const { width, height } of pngSizes(20_000, 20_000)) expect(width * height).toBeLessThanOrEqual(16_384 ** 2);
  for (const { width, height } of pngSizes(200_000, 1)) expect(width > 0 && height > 0).toBe(true);
});

test('[PI5] there is no PNG if the browser cannot draw the picture', async () => {
  const decode = vi.fn(() => Promise.resolve());
  vi.stubGlobal(
    'Image',
    class extends Image {
      override decode = decode;
      override naturalWidth = 800;
      override naturalHeight = 600;
    }
  );
  const toBlob = vi.spyOn(HTMLCanvasElement.prototype, 'toBlob').mockImplementation((made) => made(null));
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
  expect(await pngOf('<svg/>')).toBeNull();
  expect(toBlob).toHaveBeenCalled();
  decode.mockRejectedValue(new Error('The source image cannot be decoded.'));
  expect(await pngOf('<svg/>')).toBeNull();
});
