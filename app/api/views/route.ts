import { putViewSchema } from '@/app/_contract/views';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { listViews, putView } from '@/app/_server/views/views';

export const GET = signedIn(async ({ web, actor }) => listViews(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  putView(web, actor, await bodyOf(request, putViewSchema))
);
