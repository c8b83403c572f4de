'use client';

/**
 * The frame of every page behind a session: navigation, breadcrumb, live sign, person. Contains the time-zone switch.
 */
import { ChevronRight, Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { Fragment, useEffect, useState, type ReactNode } from 'react';
import type { Preferences } from '@/app/_contract/account';
import type { Person } from '@/app/_contract/people';
import { PersonProvider } from '@/components/people/person';
import { LiveSign } from '@/components/live/live-sign';
import { useInvalidations } from '@/components/live/use-invalidations';
import { CommandsProvider, useShowCommands } from '@/components/commands/commands';
import { PageKeysProvider } from '@/components/ui/page-keys';
import { Button } from '@/components/ui/button';
import { shownKeys } from '@/components/ui/mod-key';
import { Keys } from '@/components/ui/surface';
import { TimeZoneProvider } from '@/components/ui/time';
import { crumbsOf } from './crumbs';
import { PersonMenu } from './person-menu';
import { usePreferences } from './preferences';
import { Rail } from './rail';
import { WaitingPage } from './waiting-page';

interface ShellProps {
  person: Person;
  waiting: number | null;
  preferences: Preferences;
  children: ReactNode;
}

export function Shell({ person, waiting, preferences, children }: ShellProps) {
  const [zone, setZone] = usePreferences(preferences);
  useInvalidations();
  return (
    <PersonProvider person={person}>
      <TimeZoneProvider choice={zone}>
        <a
          href="#main"
          className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1.5 focus:shadow-float"
        >
          Skip to content
        </a>
        <PageKeysProvider>
          <CommandsProvider>
            <div className="flex h-dvh flex-col md:flex-row">
              <Rail waiting={waiting} />
              <div className="flex min-h-0 min-w-0 flex-1 flex-col">
                <header className="flex h-11 shrink-0 items-center gap-2 border-b border-hairline bg-card px-3">
                  <Crumbs />
                  <div className="ml-auto flex items-center gap-1">
                    <SearchButton />
                    <LiveSign />
                    <PersonMenu zone={zone} onZone={setZone} />
                  </div>
                </header>
                <WaitingPage />
                <main id="main" tabIndex={-1} className="relative min-h-0 flex-1 overflow-auto outline-none">
                  {children}
                </main>
              </div>
            </div>
          </CommandsProvider>
        </PageKeysProvider>
      </TimeZoneProvider>
    </PersonProvider>
  );
}

/** Ctrl K, for who does not know of it. On a phone it is a symbol. */
function SearchButton() {
  const show = useShowCommands();
  return (
    <Button
      variant="ghost"
      size="sm"
      onClick={show}
      aria-label="Search and commands"
      aria-keyshortcuts="Control+K Meta+K"
    >
      <Search aria-hidden />
      <span className="max-lg:hidden">Search</span>
      <ModKeys />
    </Button>
  );
}

/** Which key it is, the server does not know. */
function ModKeys() {
  const [keys, setKeys] = useState<readonly string[]>(['Ctrl', 'K']);
  useEffect(() => setKeys(shownKeys(['Mod', 'K'])), []);
  return <Keys keys={keys} className="max-lg:hidden" />;
}

function Crumbs() {
  const crumbs = crumbsOf(usePathname());
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1 text-sm">
        {crumbs.map(({ label, href }, index) => (
          <Fragment key={href}>
            {index > 0 ? (
              <li aria-hidden className="text-mark">
                <ChevronRight className="size-3.5" />
              </li>
            ) : null}
            <li className="min-w-0 truncate">
              {index === crumbs.length - 1 ? (
                <span aria-current="page" className="font-medium">
                  {label}
                </span>
              ) : (
                <Link href={href} className="rounded-sm text-ink-2 hover:text-ink hover:underline">
                  {label}
                </Link>
              )}
            </li>
          </Fragment>
        ))}
      </ol>
    </nav>
  );
}
