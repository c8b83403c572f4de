/** The drawing as files. Loaded when somebody exports it. */
import { renderToStaticMarkup } from 'react-dom/server';
import { Picture, type PictureProps } from './picture';

export const svgOf = (props: PictureProps): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${renderToStaticMarkup(<Picture {...props} />)}\n`;

/** The most pixels of a side that browsers draw: Chromium, Firefox, all. */
const LONGEST = [65_535, 32_767, 16_384];
const MOST_PIXELS = 16_384 ** 2;

/** The largest sizes to try, at most twice as large as on the screen. `scale`: of the screen. */
export function pngSizes(width: number, height: number): { width: number; height: number; scale: number }[] {
  const scales = LONGEST.map((longest) =>
    Math.min(2, longest / Math.max(width, height), Math.sqrt(MOST_PIXELS / (width * height)))
  );
  return [...new Set(scales)].map((scale) => ({
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
    scale,
  }));
}

/** As large as this browser draws it; null if it does not. */
export async function pngOf(svg: string): Promise<{ blob: Blob; scale: number } | null> {
  const image = new Image();
  image.src = await dataUrlOf(new Blob([svg], { type: 'image/svg+xml' }));
  // A browser that cannot draw the picture rejects this, or makes no file below.
  const isDrawn = await image.decode().then(
    () => true,
    () => false
  );
  if (!isDrawn) return null;
  for (const { width, height, scale } of pngSizes(image.naturalWidth, image.naturalHeight)) {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (blob) return { blob, scale };
  }
  return null;
}

/** The content security policy of the product allows images with addresses of this kind, and none with 'blob:'. */
const dataUrlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The picture cannot be read.'));
    reader.readAsDataURL(blob);
  });
