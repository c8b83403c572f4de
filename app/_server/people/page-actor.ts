/** The session of a page: its person, or where the browser is redirected. */
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { pages } from '@/app/_contract/routes';
import { isRefusal, refused } from '../failure';
import { withinPage } from '../http/page-deadline';
import { PATH_HEADER } from '../http/path-header';
import { pageBegan } from '../http/prefetch';
import { web } from '../web';
import type { Actor } from './actor';
import { accountExists } from './create-first-account';
import { readActor } from './session';

/**
 * Read once for each request, however many layouts and pages call it. Without a session it redirects: to the first
 * account on a new Backstitch, otherwise to the sign-in page and back; and to the page for a second factor if one is
 * needed. Throws `databaseAway` if the session cannot be read in time.
 */
export const pageActor = cache(async (): Promise<Actor> => {
  const asked = await headers();
  const here = asked.get(PATH_HEADER) ?? undefined;
  const inTime = <T>(read: Promise<T>) =>
    withinPage(web(), pageBegan(), read, 'database').catch((error: unknown) => {
      if (isRefusal(error) && error.code === 'secondFactorNeeded') redirect(pages.secondFactor(here));
      return refused(error);
    });
  const actor = await inTime(readActor(web(), asked));
  if (actor) return actor;
  if (!(await inTime(accountExists(web())))) redirect(pages.firstAccount());
  redirect(pages.signIn(here));
});
