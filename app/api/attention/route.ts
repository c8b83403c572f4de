import { attentionQuerySchema } from '@/app/_contract/attention';
import { listAttention } from '@/app/_server/attention/list';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) =>
  listAttention(web, actor, queryOf(request, attentionQuerySchema))
);
