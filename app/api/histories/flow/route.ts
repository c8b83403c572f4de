import { historyFlowSchema } from '@/app/_contract/histories';
import { knownFlow } from '@/app/_server/histories/known-flow';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, request }) => knownFlow(web, actor, queryOf(request, historyFlowSchema)));
