import { endSessionsSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { endOwnSessions } from '@/app/_server/people/end-own-sessions';

export const POST = ownSession(async ({ web, session, request }) =>
  endOwnSessions(web, session, await bodyOf(request, endSessionsSchema))
);
