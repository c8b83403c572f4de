import { z } from 'zod';
import { exportVersion } from '@/app/_server/flows/project';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ version: z.coerce.number().int().positive() });

export const GET = signedIn(async ({ web, actor, request, params }) =>
  exportVersion(web, actor, params.flow ?? '', queryOf(request, querySchema).version)
);
