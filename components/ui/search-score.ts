/**
 * How well something is found by what a person typed; 0: it is not. By words, as people type them: letters that are
 * merely somewhere in a name are no match. The first of `texts` is its title. [SSC1]
 */
export function searchScore(search: string, texts: readonly string[]): number {
  const wanted = search.trim().toLowerCase();
  const known = texts.map((each) => each.toLowerCase());
  if (wanted === '' || known.some((text) => text === wanted)) return 1;
  if (known[0]?.startsWith(wanted)) return 0.9;
  const words = known.flatMap((text) => text.split(BETWEEN_WORDS));
  if (words.some((word) => word.startsWith(wanted))) return 0.7;
  const parts = wanted.split(BETWEEN_WORDS).filter((part) => part !== '');
  if (parts.length > 1 && parts.every((part) => words.some((word) => word.startsWith(part)))) return 0.6;
  return known.some((text) => text.includes(wanted)) ? 0.4 : 0;
}
const BETWEEN_WORDS = /[\s.:/-]+/;
