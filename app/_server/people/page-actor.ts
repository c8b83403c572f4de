/** The session behind a page: who it is for, or where the browser goes instead. */
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
 * Looked up once a request, however many layouts and pages ask. Never returns without a session: goes to the first account on a
 * fresh Backstitch, else to sign in and back. Throws `databaseAway` when the session cannot be known.
 */
export const pageActor = cache(async (): Promise<Actor> => {
  const asked = await headers();
  const inTime = <T>(read: Promise<T>) => withinPage(web(), pageBegan(), read).catch(refused);
  const actor = await inTime(readActor(web(), asked));
  if (actor) return actor;
  if (!(await inTime(accountExists(web())))) redirect(pages.firstAccount());
  redirect(pages.signIn(asked.get(PATH_HEADER) ?? undefined));
});
