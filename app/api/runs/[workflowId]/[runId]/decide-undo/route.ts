import { decideUndoSchema } from '@/app/_contract/runs';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { runOf } from '@/app/_server/http/run-of';
import { decideUndo } from '@/app/_server/runs/decide-undo';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  decideUndo(web, actor, runOf(params), await bodyOf(request, decideUndoSchema))
);
