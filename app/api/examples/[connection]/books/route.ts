import { z } from 'zod';
import { readExampleBooks } from '@/app/_server/examples/books';
import { queryOf, signedIn } from '@/app/_server/http/handle';

const querySchema = z.object({ reference: z.string().min(1).max(200).optional() });

export const GET = signedIn(async ({ web, actor, request, params: { connection = '' } }) =>
  readExampleBooks(web, actor, connection, queryOf(request, querySchema).reference ?? null)
);
