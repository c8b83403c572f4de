'use client';

/**
 * The drafts of the list of flows: the first page, read again when it is stale, and those that a person asked for
 * behind it.
 */
import { useState } from 'react';
import { LONGEST_SEARCH, type DraftList, type DraftRow } from '@/app/_contract/drafts';
import type { AppFailure } from '@/app/_contract/errors';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson } from '@/components/live/api';
import { useList } from '@/components/live/use-list';
import type { FlowListFilter } from './rows';

interface More {
  /** Of the list to which they belong. */
  of: string;
  drafts: DraftRow[];
  next: string | null;
}

export function useDrafts({ search, tag, archived }: FlowListFilter, prefetched: Prefetched<DraftList>) {
  const query = queryOf({ search, tag, archived });
  const list = useList<DraftList>('drafts', routes.drafts(query), query === '' ? prefetched : undefined);
  const [more, setMore] = useState<More | null>(null);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const behind = more?.of === query ? more : null;
  const next = behind ? behind.next : (list.data?.next ?? null);
  const first = list.data?.drafts ?? null;
  const known = new Set(first?.map(({ id }) => id));
  const showMore = async () => {
    if (next === null) return;
    setPending(true);
    setFailure(null);
    try {
      const page = await getJson<DraftList>(routes.drafts(queryOf({ search, tag, archived }, next)));
      setMore({ of: query, drafts: [...(behind?.drafts ?? []), ...page.drafts], next: page.next });
    } catch (error) {
      setFailure(failureFrom(error));
    } finally {
      setPending(false);
    }
  };
  return {
    ...list,
    // A draft that changed meanwhile is on the first page.
    drafts: first && [...first, ...(behind?.drafts ?? []).filter(({ id }) => !known.has(id))],
    tags: list.data?.tags ?? [],
    more: { there: next !== null, pending, failure, show: () => void showMore() },
  };
}

function queryOf({ search, tag, archived }: FlowListFilter, cursor?: string): string {
  const given = new URLSearchParams();
  // An address may have more than the field takes; the rows are held against all of it.
  if (search.trim() !== '') given.set('search', search.trim().slice(0, LONGEST_SEARCH));
  if (tag !== null) given.set('tag', tag);
  if (archived) given.set('archived', 'true');
  if (cursor !== undefined) given.set('cursor', cursor);
  return given.toString();
}
