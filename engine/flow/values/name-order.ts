/** The order of names and titles in every list that people read: 'thing 17' is before 'thing 107', 'émile' beside 'Emil'. */
// eslint-disable-next-line no-restricted-syntax -- The one place.
const collator = new Intl.Collator('en', { numeric: true });

/** The same on the server and in every browser, so that a list does not change when the browser draws it again. */
export const byName = (a: string, b: string): number => collator.compare(a, b);
