'use client';

/**
 * The signed-in person and their permissions. Read again when the server reports a change, so that buttons change at
 * once.
 */
import { useQuery } from '@tanstack/react-query';
import { createContext, useContext, type ReactNode } from 'react';
import type { Person } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { getJson } from '@/components/live/api';
import { mayAnywhere, whyNot, type Operation } from '@/engine/permissions/permissions';

const PersonContext = createContext<Person | null>(null);

export function PersonProvider({ person, children }: { person: Person; children: ReactNode }) {
  const { data } = useQuery({
    queryKey: ['people', 'me'],
    queryFn: ({ signal }) => getJson<{ person: Person }>(routes.me(), signal),
    initialData: { person },
  });
  return <PersonContext value={data.person}>{children}</PersonContext>;
}

/** For a page outside of the shell, whose person may not ask the server for anything yet. */
export function PersonAtDoor({ person, children }: { person: Person; children: ReactNode }) {
  return <PersonContext value={person}>{children}</PersonContext>;
}

/** Throws outside of the shell. Every page behind a session is inside it. */
export function usePerson(): Person {
  const person = useContext(PersonContext);
  if (!person) throw new Error('There is no person here: PersonProvider is missing.');
  return person;
}

/** Why the person may not do this, for a button's `disabledReason`; null if they may. */
export function useWhyNot(operation: Operation, flow: string | null = null): string | null {
  const why = whyNot(usePerson(), operation, flow);
  return why && `${why} Ask an administrator.`;
}

/** As `useWhyNot`, before it is known for which flow: null if they may for one. */
export function useWhyNotAnywhere(operation: Operation): string | null {
  const person = usePerson();
  const why = mayAnywhere(person, operation) ? null : whyNot(person, operation);
  return why && `${why} Ask an administrator.`;
}
