import { settleEffectSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { settleEffect } from '@/app/_server/runs/settle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  settleEffect(web, actor, runOf(params), await bodyOf(request, settleEffectSchema))
);
