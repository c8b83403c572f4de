import { z } from 'zod';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { readShopLedger } from '@/app/_server/shop/ledger';

const querySchema = z.object({ order: z.string().min(1).max(200).optional() });

export const GET = signedIn(async ({ web, actor, request }) =>
  readShopLedger(web, actor, queryOf(request, querySchema).order ?? null)
);
