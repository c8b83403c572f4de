import { draftCode } from '@/app/_server/drafts/code';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params }) => draftCode(web, actor, params.id ?? ''));
