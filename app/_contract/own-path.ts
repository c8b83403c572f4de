/** Where to go after signing in: a path of this Backstitch, never an address of another site. */
export function ownPath(asked: unknown): string {
  if (typeof asked !== 'string') return '/';
  const base = 'http://backstitch.invalid';
  try {
    const url = new URL(asked, base);
    const own = url.origin === base && asked.startsWith('/') && !url.pathname.startsWith('//');
    return own ? `${url.pathname}${url.search}${url.hash}` : '/';
  } catch {
    return '/';
  }
}
