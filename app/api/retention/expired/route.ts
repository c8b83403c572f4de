import { expiredQuerySchema } from '@/app/_contract/retention';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { countExpired } from '@/app/_server/retention/retention';

export const GET = signedIn(async ({ web, actor, request }) =>
  countExpired(web, actor, queryOf(request, expiredQuerySchema))
);
