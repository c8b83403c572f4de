'use client';

/** The pages of Settings. Each tab is a page with an address of its own. */
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useEffect, useRef, type ReactNode } from 'react';
import { usePerson } from '@/components/people/person';
import { useAway } from '@/components/runs/use-away';
import { SETTINGS } from '@/components/shell/places';
import { cn } from '@/components/ui/cn';
import { mayAnywhere } from '@/engine/permissions/permissions';

export function SettingsFrame({ children }: { children: ReactNode }) {
  const path = usePathname();
  const person = usePerson();
  const away = useAway();
  const tabs = useRef<HTMLElement>(null);
  // On a narrow screen the tab of this page may be outside of the row. Only the row moves.
  useEffect(() => {
    const row = tabs.current;
    const tab = row?.querySelector<HTMLElement>('[aria-current]');
    if (row && tab) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }, [path]);
  return (
    <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
      <nav ref={tabs} aria-label="Settings" className="-mx-1 flex gap-1 overflow-x-auto border-b border-hairline">
        {SETTINGS.filter(({ operation }) => mayAnywhere(person, operation)).map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            aria-current={path === href ? 'page' : path.startsWith(`${href}/`) ? 'true' : undefined}
            className={cn(
              'relative inline-flex h-9 shrink-0 items-center px-3 text-sm -outline-offset-2',
              path === href || path.startsWith(`${href}/`)
                ? 'font-medium text-ink after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:bg-ink'
                : 'text-ink-2 hover:text-ink'
            )}
          >
            {label}
          </Link>
        ))}
      </nav>
      {away ? (
        <p role="status" className="rounded-lg border border-fail/40 bg-fail-tint px-4 py-2 text-sm">
          {away.reason}
        </p>
      ) : null}
      {children}
    </div>
  );
}
