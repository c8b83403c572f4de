'use client';

/**
 * The catalogue of the designer. Of a large one, the page comes with what the draft names, in full. What lists show of
 * all others is read as soon as the page is shown; what the draft names later is then read in full.
 *
 * Rules
 * [UCA1] What the draft names is read once. Until it is there, its schemas are open.
 * [UCA2] What could not be read is read again with the next change of what is named.
 * [UCA4] A flow that the draft names and that is not published is asked for when something is published.
 * [UCA3] The others are read once, when the page is shown. If that fails, somebody asks for them again.
 */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogueAnswer } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { flowEntryName, type Catalogue } from '@/engine/flow/catalogue';
import { activitiesNamed } from '@/engine/flow/catalogue-parts';
import type { Draft } from '@/engine/flow/edit/draft';
import { flowsNamed } from '@/engine/flow/flow-entry';

/** As many as one request asks for. */
const MOST_AT_ONCE = 50;

export interface DesignerCatalogue {
  catalogue: Catalogue;
  /** Operations that are not there yet; null: all are. */
  missing: { count: number; isFailed: boolean; retry: () => void } | null;
}

/** `others`: how many operations the page was sent without. */
export function useCatalogue(given: Catalogue, others: number, draft: Draft): DesignerCatalogue {
  const [list, setList] = useState<Catalogue | null>(null);
  const [isFailed, setFailed] = useState(false);
  const [read, setRead] = useState<Catalogue>({});
  const asked = useRef<ReadonlySet<string>>(new Set());
  const known = useMemo(() => ({ ...list, ...given, ...read }), [list, given, read]);
  const unpublished = useMemo(
    () => [...flowsNamed(draft)].map(flowEntryName).filter((name) => !Object.hasOwn(known, name)),
    [draft, known]
  );
  const asksFor = routes.catalogue(unpublished.sort().slice(0, MOST_AT_ONCE));
  const published = useQuery({
    queryKey: ['flows', asksFor],
    queryFn: ({ signal }) => getJson<CatalogueAnswer>(asksFor, signal),
    enabled: unpublished.length > 0,
  }).data?.catalogue;
  const catalogue = useMemo(
    () => (unpublished.length > 0 && published ? { ...known, ...published } : known),
    [known, published, unpublished]
  );
  const isDivided = others > 0;
  const readList = useCallback(() => {
    setFailed(false);
    getJson<CatalogueAnswer>(routes.catalogueInBrief()).then(
      (answer) => setList(answer.catalogue),
      () => setFailed(true)
    );
  }, []);
  useEffect(() => {
    if (isDivided) readList();
  }, [isDivided, readList]);
  const named = useMemo(() => {
    if (!isDivided) return '';
    const brief = [...activitiesNamed(draft)].filter(
      (name) => Object.hasOwn(catalogue, name) && catalogue[name]?.isBrief
    );
    return brief.sort().slice(0, MOST_AT_ONCE).join(',');
  }, [isDivided, catalogue, draft]);
  useEffect(() => {
    const names = named.split(',').filter((name) => name !== '' && !asked.current.has(name));
    if (names.length === 0) return;
    asked.current = new Set([...asked.current, ...names]);
    getJson<CatalogueAnswer>(routes.catalogue(names)).then(
      (answer) => setRead((before) => ({ ...before, ...answer.catalogue })),
      () => (asked.current = new Set([...asked.current].filter((name) => !names.includes(name))))
    );
  }, [named]);
  const missing = useMemo(
    () => (isDivided && list === null ? { count: others, isFailed, retry: readList } : null),
    [isDivided, list, others, isFailed, readList]
  );
  return { catalogue, missing };
}
