import { createDraftSchema, draftsQuerySchema } from '@/app/_contract/drafts';
import { createDraft } from '@/app/_server/drafts/create';
import { listDrafts } from '@/app/_server/drafts/list';
import { bodyOf, queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, request }) => listDrafts(web, actor, queryOf(request, draftsQuerySchema)));
export const POST = signedIn(async ({ web, actor, request }) =>
  createDraft(web, actor, await bodyOf(request, createDraftSchema, 'from'))
);
