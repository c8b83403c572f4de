/** Saved views of the list of runs: named filters and columns, of one person or for everybody. */
import { z } from 'zod';
import { exportRunsSchema } from './runs';

export const MOST_VIEWS = 50;
/** In the address of the list instead of the id of a view: all runs, also for a person with a default. */
export const ALL_RUNS = 'all';
const LONGEST_SEARCH = 6_000;

export interface SavedView {
  id: string;
  name: string;
  /** The filters, as the query of the list. */
  search: string;
  /** Which columns are shown, by name; others as usual. */
  columns: Record<string, boolean>;
  /** Everybody who may list runs sees it. */
  shared: boolean;
  owner: { id: string; name: string };
  /** The person who looks may change and remove it. */
  mayChange: boolean;
}
export interface ViewList {
  /** Those of the person first, then those of others; by name. */
  views: SavedView[];
  /** What the person sees first; null: all runs. */
  defaultId: string | null;
}

export const putViewSchema = z.object({
  requestId: z.uuid(),
  /** Of the view, chosen by who makes it. */
  id: z.uuid(),
  name: z.string().trim().min(1, 'Enter a name.').max(60, 'At most 60 characters.'),
  search: z
    .string()
    .max(LONGEST_SEARCH)
    .refine(
      (text) => exportRunsSchema.safeParse(Object.fromEntries(new URLSearchParams(text))).success,
      'These are no filters of the list of runs.'
    ),
  columns: z.record(z.string().max(100), z.boolean()).refine((columns) => Object.keys(columns).length <= 100),
  shared: z.boolean(),
});
export type PutView = z.infer<typeof putViewSchema>;
export const chooseViewSchema = z.object({
  /** Null: all runs. */
  id: z.uuid().nullable(),
});
export type ChooseView = z.infer<typeof chooseViewSchema>;
