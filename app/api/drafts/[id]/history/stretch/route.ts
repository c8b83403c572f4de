import { z } from 'zod';
import { draftStretch } from '@/app/_server/drafts/stretch-of';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const number = z.coerce.number().int().min(0).max(2_000_000_000);
const querySchema = z.object({ since: number, until: number });

export const GET = signedIn(async ({ web, actor, request, params }) =>
  draftStretch(web, actor, params.id ?? '', queryOf(request, querySchema))
);
