import { getConnection } from '@/app/_server/connections/list';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params }) => getConnection(web, actor, params.name ?? ''));
