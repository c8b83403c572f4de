import { putChatSchema } from '@/app/_contract/notifications';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { putChat } from '@/app/_server/notifications/chats';

export const POST = signedIn(async ({ web, actor, request }) =>
  putChat(web, actor, await bodyOf(request, putChatSchema))
);
