import { draftHistory } from '@/app/_server/drafts/history';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => draftHistory(web, actor, params.id ?? ''));
