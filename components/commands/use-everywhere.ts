'use client';

/** What every page has: the pages of the navigation and of Settings, a new flow, how things look. */
import { Keyboard, Moon, Plus, Sun, SunMoon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { pages } from '@/app/_contract/routes';
import { usePerson, useWhyNot } from '@/components/people/person';
import { FURTHER, PLACES, SETTINGS, type Place } from '@/components/shell/places';
import { useTheme } from '@/components/shell/theme';
import { useShowKeys } from '@/components/ui/page-keys';
import { mayAnywhere } from '@/engine/permissions/permissions';
import type { Command } from './command';

const GO_TO = 'Go to';

export function useEverywhere(): readonly Command[] {
  const person = usePerson();
  const router = useRouter();
  const [theme, setTheme] = useTheme();
  const showKeys = useShowKeys();
  const whyNoFlow = useWhyNot('drafts.create');
  const place =
    (says: string | undefined) =>
    (each: Place): Command => ({
      id: `go-${each.href}`,
      group: GO_TO,
      title: each.label,
      icon: each.icon,
      ...(says === undefined ? {} : { says }),
      run: () => router.push(each.href),
    });
  const allowed = (places: readonly Place[]) => places.filter(({ operation }) => mayAnywhere(person, operation));
  const looks = [
    { value: 'light', title: 'Light appearance', icon: Sun },
    { value: 'dark', title: 'Dark appearance', icon: Moon },
    { value: 'system', title: 'Appearance as the system', icon: SunMoon },
  ] as const;
  return [
    {
      id: 'new-flow',
      group: 'New',
      title: 'New flow…',
      icon: Plus,
      words: ['create', 'draw', 'import'],
      whyNot: whyNoFlow,
      run: () => router.push(pages.newFlow()),
    },
    ...allowed(PLACES).map(place(undefined)),
    ...allowed(FURTHER).map(place(undefined)),
    ...allowed(SETTINGS).map(place('Settings')),
    { id: 'keys', group: 'View', title: 'Keys on this page', icon: Keyboard, keys: ['?'], run: showKeys },
    ...looks
      .filter(({ value }) => value !== theme)
      .map(({ value, title, icon }): Command => {
        const words = ['theme', 'mode', 'colours'];
        return { id: `look-${value}`, group: 'View', title, icon, words, run: () => setTheme(value) };
      }),
  ];
}
