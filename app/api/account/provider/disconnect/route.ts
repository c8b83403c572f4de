import { ownPasswordSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { disconnectProvider } from '@/app/_server/people/disconnect-provider';

export const POST = ownSession(async ({ web, session, request }) =>
  disconnectProvider(web, session, await bodyOf(request, ownPasswordSchema))
);
