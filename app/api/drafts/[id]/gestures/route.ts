import { z } from 'zod';
import { sendGesturesSchema } from '@/app/_contract/drafts';
import { readChanges, sendGestures } from '@/app/_server/drafts/gestures';
import { bodyOf, queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ since: z.coerce.number().int().min(0).max(2_000_000_000) });

export const GET = signedIn(async ({ web, actor, request, params }) =>
  readChanges(web, actor, params.id ?? '', queryOf(request, querySchema).since)
);
export const POST = signedIn(async ({ web, actor, request, params }) =>
  sendGestures(web, actor, params.id ?? '', await bodyOf(request, sendGesturesSchema))
);
