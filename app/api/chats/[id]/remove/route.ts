import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { removeChat } from '@/app/_server/notifications/chats';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return removeChat(web, actor, params.id ?? '');
});
