import { z } from 'zod';
import { readExampleBooks } from '@/app/_server/examples/books';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ key: z.string().min(1).max(200).optional() });

export const GET = signedIn(async ({ web, actor, request, params: { flow = '' } }) =>
  readExampleBooks(web, actor, flow, queryOf(request, querySchema).key ?? null)
);
