/**
 * Searchable fields of a flow: values of a run by which lists of runs are filtered. A field is a search attribute of
 * the namespace: its name and type are registered when the flow is published, and the run writes the value at its start
 * and whenever it has changed (engine/saga/searchable.ts).
 */
import { z } from 'zod';
import { identifierSchema } from './names';
import { expressionSchema } from './template';

/** Temporal's types of search attributes. */
export const SEARCHABLE_TYPES = ['Keyword', 'Text', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList'] as const;
export type SearchableType = (typeof SEARCHABLE_TYPES)[number];

/** Of one flow. */
export const MOST_SEARCHABLE = 10;

/** By the name of the search attribute. `value`: over the input, the variables and the outputs so far. */
export const searchableSchema = z.record(
  identifierSchema,
  z.strictObject({ title: z.string(), type: z.enum(SEARCHABLE_TYPES), value: expressionSchema })
);

/** A field as lists and screens know it. */
export interface SearchableField {
  name: string;
  title: string;
  type: SearchableType;
}
