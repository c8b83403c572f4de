/** The drawing as files. Loaded when somebody exports it. */
import { renderToStaticMarkup } from 'react-dom/server';
import { Picture, type PictureProps } from './picture';

export const svgOf = (props: PictureProps): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${renderToStaticMarkup(<Picture {...props} />)}\n`;

/** The most pixels of a side that browsers draw. */
const LONGEST = 16_000;

/** Twice as large as on the screen, or as large as a browser draws. Rejects if this one cannot. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = await dataUrlOf(new Blob([svg], { type: 'image/svg+xml' }));
  await image.decode();
  const scale = Math.min(2, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large.'))), 'image/png')
  );
}

/** The content security policy of the product allows images with addresses of this kind, and none with 'blob:'. */
const dataUrlOf = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('The picture cannot be read.'));
    reader.readAsDataURL(blob);
  });
