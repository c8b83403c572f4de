import { fileOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { historyFile } from '@/app/_server/runs/history';

export const GET = signedIn(async ({ web, actor, params }) => {
  const { name, parts } = await historyFile(web, actor, runOf(params));
  return fileOf(name, 'application/json; charset=utf-8', parts);
});
