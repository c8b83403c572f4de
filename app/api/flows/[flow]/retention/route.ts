import { signedIn } from '@/app/_server/http/handle';
import { readFlowRetention } from '@/app/_server/retention/retention';

export const GET = signedIn(({ web, actor, params }) => readFlowRetention(web, actor, params.flow ?? ''));
