import { choosePreferencesSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { choosePreferences } from '@/app/_server/people/preferences';

export const POST = ownSession(async ({ web, session, request }) =>
  choosePreferences(web, session.actor, await bodyOf(request, choosePreferencesSchema))
);
