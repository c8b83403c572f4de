'use client';

import { useQuery } from '@tanstack/react-query';
import type { DraftList, DraftRow } from '@/app/_contract/drafts';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { usePerson } from '@/components/people/person';
import { mayAnywhere } from '@/engine/permissions/permissions';

/** The open draft of a flow with this name; null: there is none, or it is not known yet. */
export function useDraftNamed(name: string | null): DraftRow | null {
  const person = usePerson();
  const url = routes.drafts(new URLSearchParams({ search: name ?? '', limit: '100' }).toString());
  const { data } = useQuery({
    queryKey: ['drafts', url],
    queryFn: ({ signal }) => getJson<DraftList>(url, signal),
    enabled: name !== null && name !== '' && mayAnywhere(person, 'drafts.list'),
  });
  if (name === null) return null;
  return data?.drafts.find((each) => each.name === name) ?? null;
}
