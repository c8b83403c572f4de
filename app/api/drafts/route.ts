import { createDraftSchema } from '@/app/_contract/drafts';
import { createDraft } from '@/app/_server/drafts/create';
import { listDrafts } from '@/app/_server/drafts/list';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor }) => ({ drafts: await listDrafts(web, actor) }));
export const POST = signedIn(async ({ web, actor, request }) =>
  createDraft(web, actor, await bodyOf(request, createDraftSchema, 'from'))
);
