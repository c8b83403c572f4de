'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { InboxList } from '@/app/_contract/inbox';
import { pages, routes } from '@/app/_contract/routes';
import { useList } from '@/components/live/use-list';
import { usePerson } from '@/components/people/person';
import { cn } from '@/components/ui/cn';
import { mayAnywhere } from '@/engine/permissions/permissions';
import { PLACES } from './places';

/** The main navigation: at the left on wide screens, at the bottom on a phone. */
export function Rail({ waiting }: { waiting: number | null }) {
  const path = usePathname();
  const { data } = useList<InboxList>('inbox', routes.inboxCounts());
  const count = data?.waiting ?? waiting ?? 0;
  const person = usePerson();
  const places = PLACES.filter(({ operation }) => mayAnywhere(person, operation));
  return (
    <nav
      aria-label="Main"
      className="flex shrink-0 border-hairline bg-card max-md:order-last max-md:border-t max-md:pb-[env(safe-area-inset-bottom)] md:w-44 md:flex-col md:border-r md:px-2 md:py-3"
    >
      <Link
        href={pages.home()}
        className="mb-3 flex items-center gap-2 rounded-md px-2 py-1 text-base font-semibold max-md:hidden"
      >
        <Stitch />
        Backstitch
      </Link>
      <ul className="flex gap-0.5 max-md:w-full md:flex-col">
        {places.map(({ href, label, icon: Icon, isWide }) => {
          const here =
            href === '/'
              ? path === '/'
              : path.startsWith(href) ||
                (href === pages.flows() && /^\/(drafts|templates)(\/|$)/.test(path)) ||
                (href === pages.attention() && path === pages.alerts()) ||
                (href === pages.schedules() && path === pages.newSchedule());
          return (
            <li key={href} className={isWide ? 'max-md:hidden' : 'max-md:flex-1'}>
              <Link
                href={href}
                aria-current={here ? 'page' : undefined}
                className={cn(
                  'flex items-center rounded-md text-sm transition-colors hover:bg-ink/6 max-md:min-h-13 max-md:flex-col max-md:justify-center max-md:text-2xs md:h-8 md:gap-2 md:px-2',
                  here ? 'font-medium text-ink md:bg-ink/6' : 'text-ink-2'
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className="relative inline-flex items-center gap-1">
                  {label}
                  {label === 'Approvals' && count > 0 ? (
                    // On a phone it lies beside the icon: seven places have no room for it beside their words.
                    <span className="figures rounded-sm bg-ink px-1 text-2xs font-medium text-paper max-md:absolute max-md:bottom-full max-md:left-1/2 max-md:ml-2">
                      {count}
                    </span>
                  ) : null}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The logo: a thread forward, and the stitch that goes back to hold. */
export function Stitch({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden
      className={cn('size-5', className)}
      fill="none"
      strokeWidth="2.5"
      strokeLinecap="round"
    >
      <path d="M2 7h16" className="stroke-forward" />
      <path d="M16 13H4" className="stroke-back" strokeDasharray="3.4 4" />
    </svg>
  );
}
