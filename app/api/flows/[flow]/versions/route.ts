import { listVersions } from '@/app/_server/flows/versions';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => listVersions(web, actor, params.flow ?? ''));
