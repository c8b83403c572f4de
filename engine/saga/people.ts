/**
 * People as the data of a run names them: the id or the e-mail address of an account, or a group. Pure.
 *
 * Rules
 * [PPL1] An expression gives one name or a list. What is no text, is empty or is named before is left out; nothing
 *        throws, because a run whose data names nobody asks an operator.
 * [PPL2] The spelling of an address does not matter; that of a group does.
 */

/** What an expression gives for people. */
export type People = string | null | undefined | readonly (string | null | undefined)[];

/** [PPL1] In their order, each once. */
export function peopleIn(given: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  const names = list.flatMap((each) => (typeof each === 'string' && each.trim() !== '' ? [nameOf(each.trim())] : []));
  return [...new Set(names)];
}

/** Does one of these names mean a person who has those? */
export const namesOneOf = (names: readonly string[], own: readonly string[]): boolean => {
  const known = new Set(own.map(nameOf));
  return names.some((each) => known.has(nameOf(each)));
};

/** [PPL2] */
const nameOf = (name: string): string => (name.includes('@') ? name.toLowerCase() : name);
