/**
 * Our server sets this header on every request, because a page has no other way to read its own address. A header of
 * this name from the caller is removed.
 */
export const PATH_HEADER = 'x-backstitch-path';

/** The address of the page that was asked for: without the mark by which the router asks for its contents alone. */
export function pagePath(url: string): string {
  const [path = '/', query] = url.split('?', 2);
  const kept = query?.split('&').filter((part) => part !== '_rsc' && !part.startsWith('_rsc='));
  return kept?.length ? `${path}?${kept.join('&')}` : path;
}
