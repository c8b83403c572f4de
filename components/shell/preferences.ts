'use client';

/**
 * How a person wants to see things. The browser keeps it, because it draws before it has asked; the server keeps it too, so
 * that it is the same in the next browser.
 *
 * [PRF3] A choice takes effect at once. If it cannot be sent, it holds in this browser, and that is said.
 * [PRF4] A browser that opens the product takes over what was chosen elsewhere. What was chosen nowhere stays as it is there.
 */
import { useEffect, useRef, useState } from 'react';
import type { Preferences } from '@/app/_contract/account';
import { routes } from '@/app/_contract/routes';
import { chooseDirection, onDirection, readDirection } from '@/components/canvas/use-direction';
import { postJson } from '@/components/live/api';
import type { ZoneChoice } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { isTimeZone } from '@/engine/flow/zones';
import { chooseTheme } from './theme';

export async function keepPreference(change: Preferences): Promise<void> {
  try {
    await postJson(routes.preferences(), change);
  } catch {
    toast.error('Chosen for this browser only.', { description: 'The server did not answer. Choose it again later.' });
  }
}

/** `kept`: as the page was sent with. Returns the time zone, which the server needs for the first paint, and its choice. */
export function usePreferences(kept: Preferences): [ZoneChoice, (zone: ZoneChoice) => void] {
  const atFirst = useRef(kept);
  const [zone, setZone] = useState<ZoneChoice>(kept.zone ?? 'local');
  useEffect(() => {
    const { theme, direction, zone: keptZone } = atFirst.current;
    if (theme) chooseTheme(theme);
    if (direction && direction !== readDirection()) chooseDirection(direction);
    if (keptZone) storeZone(keptZone);
    else setZone(storedZone());
    return onDirection(() => void keepPreference({ direction: readDirection() }));
  }, []);
  const choose = (next: ZoneChoice) => {
    setZone(next);
    storeZone(next);
    void keepPreference({ zone: next });
  };
  return [zone, choose];
}

const ZONE_KEY = 'backstitch-zone';
function storedZone(): ZoneChoice {
  try {
    const kept = localStorage.getItem(ZONE_KEY) ?? 'local';
    // As releases before this one called it.
    if (kept === 'utc') return 'UTC';
    return isTimeZone(kept) ? kept : 'local';
  } catch {
    // If the browser forbids storage, times are local.
    return 'local';
  }
}
function storeZone(zone: ZoneChoice): void {
  try {
    localStorage.setItem(ZONE_KEY, zone);
  } catch {
    // Not stored; lost with the tab.
  }
}
