import { replayHistorySchema } from '@/app/_contract/histories';
import { replayHistory } from '@/app/_server/histories/replay';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  replayHistory(web, actor, await bodyOf(request, replayHistorySchema))
);
