import { z } from 'zod';
import { getDraft } from '@/app/_server/drafts/get';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ number: z.coerce.number().int().min(0).max(2_000_000_000).optional() });

export const GET = signedIn(async ({ web, actor, request, params }) =>
  getDraft(web, actor, params.id ?? '', queryOf(request, querySchema).number)
);
