'use client';

import { CircleUserRound, Keyboard, LogOut } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { roleWords } from '@/engine/permissions/permissions';
import { pages, routes } from '@/app/_contract/routes';
import { postJson } from '@/components/live/api';
import { usePerson } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { useShowKeys } from '@/components/ui/page-keys';
import type { ZoneChoice } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { keepWriting, useWriting } from '@/components/ui/writing';
import { WRITINGS, type WritingName } from '@/engine/flow/values/writing';
import { keepPreference } from './preferences';
import { useTheme, type ThemeChoice } from './theme';
import { ZoneDialog } from './zone-dialog';

const THEMES: { value: ThemeChoice; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
const ZONES: { value: ZoneChoice; label: string }[] = [
  { value: 'local', label: 'As this browser' },
  { value: 'UTC', label: 'UTC' },
];
/** Another zone is among them once it is chosen. */
const zonesWith = (zone: ZoneChoice) =>
  ZONES.some(({ value }) => value === zone) ? ZONES : [...ZONES, { value: zone, label: zone.replaceAll('_', ' ') }];

const FIGURES = Object.values(WRITINGS).map(({ name, title }) => ({ value: name, label: title }));

export function PersonMenu({ zone, onZone }: { zone: ZoneChoice; onZone: (zone: ZoneChoice) => void }) {
  const person = usePerson();
  const [theme, setTheme] = useTheme();
  const writing = useWriting();
  const showKeys = useShowKeys();
  const router = useRouter();
  const [choosing, setChoosing] = useState(false);
  const chooseTheme = (next: ThemeChoice) => {
    setTheme(next);
    void keepPreference({ theme: next });
  };
  const chooseWriting = async (name: WritingName) => {
    keepWriting(name);
    await keepPreference({ numbers: name });
    router.refresh();
  };
  const signOut = async () => {
    try {
      await postJson(routes.signOut(), {});
      // A full page load, so that nothing that this person read remains in memory.
      location.assign(pages.signIn());
    } catch {
      toast.error('You are still signed in.', { description: 'The server did not answer. Try again.' });
    }
  };
  return (
    <>
      <Menu
        trigger={
          <Button variant="ghost" size="sm" aria-label={`${person.name}: settings and sign out`}>
            <CircleUserRound aria-hidden />
            <span className="max-w-32 truncate max-sm:hidden">{person.name}</span>
          </Button>
        }
      >
        <MenuLabel>
          {person.email} · {roleWords(person.grants)}
        </MenuLabel>
        <MenuSeparator />
        <MenuLabel>Appearance</MenuLabel>
        <MenuChoice value={theme} onValueChange={chooseTheme} options={THEMES} />
        <MenuSeparator />
        <MenuLabel>Times</MenuLabel>
        <MenuChoice value={zone} onValueChange={onZone} options={zonesWith(zone)} />
        <MenuItem onSelect={() => setChoosing(true)}>Another time zone…</MenuItem>
        <MenuSeparator />
        <MenuLabel>Numbers</MenuLabel>
        <MenuChoice value={writing.name} onValueChange={(name) => void chooseWriting(name)} options={FIGURES} />
        <MenuSeparator />
        <MenuItem icon={<CircleUserRound aria-hidden />} onSelect={() => router.push(pages.account())}>
          Your account
        </MenuItem>
        <MenuItem icon={<Keyboard aria-hidden />} keys="?" onSelect={showKeys}>
          Keys on this page
        </MenuItem>
        <MenuItem icon={<LogOut aria-hidden />} onSelect={() => void signOut()}>
          Sign out
        </MenuItem>
      </Menu>
      {choosing ? <ZoneDialog zone={zone} onZone={onZone} onClose={() => setChoosing(false)} /> : null}
    </>
  );
}
