import { runsQuerySchema } from '@/app/_contract/runs';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { listRuns } from '@/app/_server/runs/list';

export const GET = signedIn(async ({ web, actor, request }) => listRuns(web, actor, queryOf(request, runsQuerySchema)));
