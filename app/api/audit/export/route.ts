import { auditQuerySchema } from '@/app/_contract/audit';
import { exportAudit } from '@/app/_server/audit-trail/list';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) => {
  const lines = await exportAudit(web, actor, queryOf(request, auditQuerySchema));
  const encoder = new TextEncoder();
  // Read as fast as the receiver takes it, because the trail may be long.
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel: () => void lines.return(undefined),
  });
  const day = new Date().toISOString().slice(0, 10);
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="backstitch-audit-${day}.csv"`,
      'cache-control': 'no-store',
    },
  });
});
