/** A check of the whole audit trail, for who may read it. It reads every row, so only one runs at a time. */
import type { AuditCheck, CheckAudit } from '@/app/_contract/audit';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { checkChain, readHead, type ReadRows } from './chain';

let running = false;

export async function checkAudit(
  web: Pick<Web, 'database' | 'log'>,
  actor: Actor,
  { head }: CheckAudit
): Promise<AuditCheck> {
  demand(actor, 'audit.check');
  if (running) throw new Refusal('refused', 'Somebody checks the trail just now. Try again when that has ended.');
  running = true;
  try {
    const read: ReadRows = (sql, ...values) => web.database.$queryRawUnsafe(sql, ...values);
    return await audited(web, actor, { operation: 'audit.check', target: 'audit', details: { head } }, () =>
      checkChain(read, readHead(head))
    );
  } finally {
    running = false;
  }
}
