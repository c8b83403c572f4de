import { createDelegationSchema } from '@/app/_contract/inbox';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { createDelegation, listDelegations } from '@/app/_server/inbox/delegate';

export const GET = ownSession(async ({ web, session }) => listDelegations(web, session.actor));

export const POST = ownSession(async ({ web, request, session }) =>
  createDelegation(web, session.actor, await bodyOf(request, createDelegationSchema))
);
