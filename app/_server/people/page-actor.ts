/** The session of a page: its person, or where the browser is redirected. */
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { pages } from '@/app/_contract/routes';
import { refused } from '../failure';
import { withinPage } from '../http/page-deadline';
import { PATH_HEADER } from '../http/path-header';
import { pageBegan } from '../http/prefetch';
import { web } from '../web';
import type { Actor } from './actor';
import { accountExists } from './create-first-account';
import { readActor } from './session';

/**
 * Read once for each request, however many layouts and pages call it. Without a session it redirects: to the first
 * account on a new Backstitch, otherwise to the sign-in page and back. Throws `databaseAway` if the session cannot be
 * read.
 */
export const pageActor = cache(async (): Promise<Actor> => {
  const asked = await headers();
  const inTime = <T>(read: Promise<T>) => withinPage(web(), pageBegan(), read).catch(refused);
  const actor = await inTime(readActor(web(), asked));
  if (actor) return actor;
  if (!(await inTime(accountExists(web())))) redirect(pages.firstAccount());
  redirect(pages.signIn(asked.get(PATH_HEADER) ?? undefined));
});
