/**
 * The filters of the runs list in the URL of the page. They have the names of the API (app/_contract/runs.ts), and
 * the server and the browser read them in the same way. A value that cannot be read is ignored, so that a damaged
 * link still opens.
 */
import { createLoader, parseAsArrayOf, parseAsInteger, parseAsString, parseAsStringLiteral } from 'nuqs/server';
import { parseAsInstant } from '@/components/ui/parse-instant';
import { LONGEST_ID, LONGEST_WHERE } from '@/app/_contract/runs';
import { RUN_STANDINGS, type RunStanding } from '@/app/_contract/runs';

export const filterParsers = {
  standing: parseAsArrayOf(parseAsStringLiteral(RUN_STANDINGS)),
  flow: parseAsString,
  version: parseAsInteger,
  id: parseAsString,
  where: parseAsString,
  startedAfterMs: parseAsInstant,
  startedBeforeMs: parseAsInstant,
};
export interface RunFilters {
  standing: RunStanding[] | null;
  flow: string | null;
  version: number | null;
  id: string | null;
  /** In the query language (where.ts). */
  where: string | null;
  startedAfterMs: number | null;
  startedBeforeMs: number | null;
}
export interface FilterProps {
  filters: RunFilters;
  onFilters: (change: Partial<RunFilters>) => void;
}
export const NO_FILTERS: RunFilters = {
  standing: null,
  flow: null,
  version: null,
  id: null,
  where: null,
  startedAfterMs: null,
  startedBeforeMs: null,
};
export const readFilters = createLoader(filterParsers);

const FLOW_MOST = 63;

/**
 * The query string for the API: only active filters, always in the same order, so that equal filters are one query.
 */
export function searchOf(filters: RunFilters): string {
  const search = new URLSearchParams();
  const standing = RUN_STANDINGS.filter((each) => filters.standing?.includes(each));
  if (standing.length > 0) search.set('standing', standing.join(','));
  if (filters.flow) search.set('flow', filters.flow.slice(0, FLOW_MOST));
  if (filters.flow && filters.version && filters.version > 0) search.set('version', String(filters.version));
  const id = filters.id?.trim();
  if (id) search.set('id', id.slice(0, LONGEST_ID));
  const where = filters.where?.trim();
  if (where) search.set('where', where.slice(0, LONGEST_WHERE));
  if (isInstant(filters.startedAfterMs)) search.set('startedAfterMs', String(filters.startedAfterMs));
  if (isInstant(filters.startedBeforeMs)) search.set('startedBeforeMs', String(filters.startedBeforeMs));
  return search.toString();
}

export type FilterKind = 'none' | 'standing' | 'others';
/**
 * Whether no filter is active, only the status, or others too. An empty list offers to clear those that are active.
 */
export function filterKind(filters: RunFilters): FilterKind {
  if (searchOf(filters) === '') return 'none';
  return searchOf({ ...filters, standing: null }) === '' ? 'standing' : 'others';
}

/** Milliseconds from which a valid Date can be made. */
const isInstant = (ms: number | null): ms is number => ms !== null && Math.abs(ms) <= 8.64e15;
