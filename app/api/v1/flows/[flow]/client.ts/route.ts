import { clientOf } from '@/app/_server/api/client';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params }) => {
  const text = await clientOf(web, actor, params.flow ?? '');
  return new Response(text, {
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });
});
