import { chooseViewSchema } from '@/app/_contract/views';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { chooseView } from '@/app/_server/views/views';

export const POST = signedIn(async ({ web, actor, request }) =>
  chooseView(web, actor, await bodyOf(request, chooseViewSchema))
);
