import { listRevisions } from '@/app/_server/gates/revisions';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => listRevisions(web, actor, params.flow ?? ''));
