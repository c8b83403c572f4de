/** Where to go after signing in: a path of this Backstitch, never another site's address. */
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
