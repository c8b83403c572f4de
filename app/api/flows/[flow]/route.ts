import { z } from 'zod';
import { getFlow } from '@/app/_server/flows/get';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ version: z.coerce.number().int().positive().optional() });

export const GET = signedIn(async ({ web, actor, request, params }) =>
  getFlow(web, actor, params.flow ?? '', queryOf(request, querySchema).version)
);
