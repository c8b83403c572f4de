import { exportRunsSchema } from '@/app/_contract/runs';
import { fileOf, queryOf, signedIn } from '@/app/_server/http/handle';
import { exportRuns } from '@/app/_server/runs/export';

export const GET = signedIn(async ({ web, actor, request }) => {
  const lines = await exportRuns(web, actor, queryOf(request, exportRunsSchema));
  const day = new Date().toISOString().slice(0, 10);
  return fileOf(`backstitch-runs-${day}.csv`, 'text/csv; charset=utf-8', lines);
});
