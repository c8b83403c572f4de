/**
 * Signs a person out elsewhere: in one place, or everywhere but here. Their pages there notice at once. With all others
 * the browsers are forgotten that need no code.
 */
import type { EndSessions } from '@/app/_contract/account';
import { audited } from '../audit';
import { Refusal } from '../failure';
import type { Web } from '../web';
import type { Session } from './session';
import { forgetTrusted } from './trusted-browsers';

export async function endOwnSessions(
  web: Pick<Web, 'database' | 'log' | 'sessionEnded'>,
  { actor, token }: Session,
  { id }: EndSessions
): Promise<{ ended: number }> {
  const details = { sessions: id ?? 'all others' };
  return audited(web, actor, { operation: 'people.endSession', target: actor.email, details }, async () => {
    const { count } = await web.database.session.deleteMany({
      where: { userId: actor.id, NOT: { token }, ...(id === null ? {} : { id }) },
    });
    if (id !== null && count === 0)
      throw new Refusal('refused', 'This session has ended already, or it is the one that you use now.');
    if (id === null) await forgetTrusted(web.database, actor.id);
    web.sessionEnded(actor.id);
    return { ended: count };
  });
}
