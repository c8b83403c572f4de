/**
 * The view and the filters of the inbox in the URL of the page. They have the names of the API (app/_contract/inbox.ts).
 * A value that cannot be read is ignored, so that a damaged link still opens.
 */
import { createLoader, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { DUE_FILTERS, INBOX_VIEWS, LONGEST_SEARCH, type DueFilter, type InboxView } from '@/app/_contract/inbox';

export const filterParsers = {
  view: parseAsStringLiteral(INBOX_VIEWS).withDefault('waiting'),
  text: parseAsString,
  flow: parseAsString,
  due: parseAsStringLiteral(DUE_FILTERS),
};
export interface InboxFilters {
  view: InboxView;
  text: string | null;
  flow: string | null;
  due: DueFilter | null;
}
export interface InboxFilterProps {
  filters: InboxFilters;
  onFilters: (change: Partial<InboxFilters>) => void;
}
export const NO_FILTERS = { text: null, flow: null, due: null };
export const readFilters = createLoader(filterParsers);

const FLOW_MOST = 200;

function set(search: URLSearchParams, { view, text, flow, due }: InboxFilters): string {
  const words = text?.trim();
  if (words) search.set('text', words.slice(0, LONGEST_SEARCH));
  if (flow) search.set('flow', flow.slice(0, FLOW_MOST));
  // Settled tasks are no longer due.
  if (due && view !== 'done') search.set('due', due);
  return search.toString();
}

/** The query of the API: equal filters are one query. */
export const searchOf = (filters: InboxFilters): string => set(new URLSearchParams({ view: filters.view }), filters);

/** What the address of a task has, so that the list beside it stays as it is. */
export const pageSearchOf = (filters: InboxFilters): string =>
  set(new URLSearchParams(filters.view === 'waiting' ? {} : { view: filters.view }), filters);

export const isFiltered = (filters: InboxFilters): boolean => set(new URLSearchParams(), filters) !== '';
