import { exportRunsSchema } from '@/app/_contract/runs';
import { csvOf, queryOf, signedIn } from '@/app/_server/http/handle';
import { exportRuns } from '@/app/_server/runs/export';

export const GET = signedIn(async ({ web, actor, request }) => {
  const lines = await exportRuns(web, actor, queryOf(request, exportRunsSchema));
  return csvOf('runs', lines);
});
