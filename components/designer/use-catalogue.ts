'use client';

/**
 * The catalogue of the designer. Of a large one, the page has in full only what the draft named when it was opened; what
 * the draft names later is read then.
 *
 * Rules
 * [UCA1] What the draft names is read once. Until it is there, its schemas are open.
 * [UCA2] What could not be read is read again with the next change of what is named.
 */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { CatalogueAnswer } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import type { Catalogue } from '@/engine/flow/catalogue';
import { activitiesNamed } from '@/engine/flow/catalogue-parts';
import type { Draft } from '@/engine/flow/edit/draft';

/** As many as one request asks for. */
const MOST_AT_ONCE = 50;

export function useCatalogue(given: Catalogue, draft: Draft): Catalogue {
  const [read, setRead] = useState<Catalogue>({});
  const asked = useRef<ReadonlySet<string>>(new Set());
  const catalogue = useMemo(() => ({ ...given, ...read }), [given, read]);
  const isDivided = useMemo(() => Object.values(given).some(({ isBrief }) => isBrief), [given]);
  const missing = useMemo(() => {
    if (!isDivided) return '';
    const named = [...activitiesNamed(draft)].filter(
      (name) => Object.hasOwn(catalogue, name) && catalogue[name]?.isBrief
    );
    return named.sort().slice(0, MOST_AT_ONCE).join(',');
  }, [isDivided, catalogue, draft]);
  useEffect(() => {
    const names = missing.split(',').filter((name) => name !== '' && !asked.current.has(name));
    if (names.length === 0) return;
    asked.current = new Set([...asked.current, ...names]);
    getJson<CatalogueAnswer>(routes.catalogue(names)).then(
      (answer) => setRead((before) => ({ ...before, ...answer.catalogue })),
      () => (asked.current = new Set([...asked.current].filter((name) => !names.includes(name))))
    );
  }, [missing]);
  return catalogue;
}
