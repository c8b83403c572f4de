import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The folders of the pages inside the product's frame, as Next writes their addresses: `/flows/[flow]`, sorted. */
export async function pagesOnDisk(folder = 'app/(product)'): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  return entries
    .filter((entry) => path.basename(entry) === 'page.tsx')
    .map((entry) => `/${path.dirname(entry)}`.replace('/.', '/'))
    .sort();
}

/** The paths that a page answers. */
export const patternOf = (page: string): RegExp =>
  new RegExp(`^${page.replace(/\[\.\.\.[^\]]+\]/g, '.+').replace(/\[[^\]]+\]/g, '[^/]+')}$`);
