/**
 * The methods that expressions can call, for people who do not write TypeScript: what is between the brackets, and
 * what is the result.
 *
 * Rule
 * [MEW1] Every method that an expression may call is here, with each value that it takes.
 */

export interface MethodWords {
  /** Between the brackets, in their order: 'item => condition'. A name with ? may be left out. */
  takes: readonly string[];
  gives: string;
}

const of = (gives: string, ...takes: string[]): MethodWords => ({ takes, gives });

export const METHOD_WORDS: Readonly<Record<string, MethodWords>> = {
  filter: of('The items for which the condition is true.', 'item => condition'),
  map: of('A list of the value for each item.', 'item => value'),
  find: of('The first item for which the condition is true. It may be missing.', 'item => condition'),
  findIndex: of('Where the first such item is, from 0; -1 if there is none.', 'item => condition'),
  some: of('Whether the condition is true for at least one item.', 'item => condition'),
  every: of('Whether the condition is true for every item.', 'item => condition'),
  includes: of('Whether the list has this item, or the text this part.', 'item or part', 'from?'),
  indexOf: of('Where the item or the part is, from 0; -1 if it is not there.', 'item or part', 'from?'),
  join: of('One text of all items, with the separator between them.', 'separator?'),
  slice: of('The part from one place to before another. Places are counted from 0.', 'from?', 'to?'),
  concat: of('The list or text with these behind it.', 'more'),
  flat: of('One list of the items of all lists in it.', 'levels?'),
  flatMap: of('One list of the values for each item.', 'item => list'),
  reduce: of('One value, made from the first one and item after item.', '(sum, item) => value', 'first value'),
  at: of('The item or character at this place, from 0; -1 is the last one. It may be missing.', 'place'),
  toUpperCase: of('The text in capital letters.'),
  toLowerCase: of('The text in small letters.'),
  trim: of('The text without spaces at both ends.'),
  trimStart: of('The text without spaces at its beginning.'),
  trimEnd: of('The text without spaces at its end.'),
  startsWith: of('Whether the text begins with this part.', 'part', 'from?'),
  endsWith: of('Whether the text ends with this part.', 'part', 'length?'),
  split: of('A list of the parts between the separators.', 'separator', 'most?'),
  replaceAll: of('The text with every such part replaced.', 'part', 'other text'),
  substring: of('The part from one place to before another. Places are counted from 0.', 'from', 'to?'),
  padStart: of('The text, made as long as this with characters before it.', 'length', 'characters?'),
  padEnd: of('The text, made as long as this with characters behind it.', 'length', 'characters?'),
  toFixed: of('The number as a text, with so many digits behind the point.', 'digits?'),
  toString: of('The value as a text.', 'base?'),
};
