import { hooksQuerySchema, putHookSchema } from '@/app/_contract/hooks';
import { listHooks, putHook } from '@/app/_server/hooks/hooks';
import { bodyOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  listHooks(web, actor, queryOf(request, hooksQuerySchema).flow)
);
export const POST = signedIn(async ({ web, actor, request }) =>
  putHook(web, actor, await bodyOf(request, putHookSchema))
);
