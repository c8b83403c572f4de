import { getGate } from '@/app/_server/gates/get';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => getGate(web, actor, params.flow ?? '', params.gate ?? ''));
