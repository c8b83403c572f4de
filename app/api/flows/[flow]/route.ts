import { z } from 'zod';
import { getFlow } from '@/app/_server/flows/get';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({
  version: z.coerce.number().int().positive().optional(),
  /** Of that version; without it the live one. */
  revision: z.string().max(40).optional(),
});

export const GET = signedIn(async ({ web, actor, request, params }) => {
  const { version, revision } = queryOf(request, querySchema);
  return getFlow(web, actor, params.flow ?? '', version, revision);
});
