/** The mail with the link of a guest, as long as it can be used and its task waits. */
import { guestUrl } from '../guests/links';
import { settledWords } from '../inbox/view';
import { guestLetterOf } from './letter';
import type { Outgoing, Prepared } from './outgoing';

export async function toGuest(web: Outgoing, message: string, guestId: string, now: Date): Promise<Prepared> {
  const link = await web.database.guestLink.findUniqueOrThrow({ where: { id: guestId } });
  const task = await web.database.humanTask.findUnique({ where: { taskId: link.taskId } });
  const isOver = link.revokedAt !== null || link.usedAt !== null || link.expiresAt <= now;
  const why = isOver ? 'The link cannot be used any more.' : !task ? 'The task is gone.' : null;
  const dropped = why ?? (task?.settledAt ? settledWords(task) : null);
  // Its row has the id of the link.
  if (dropped !== null || !task) return { dropped: new Map([[guestId, dropped ?? '']]), post: null };
  const { byName: by, expiresAt, email } = link;
  return {
    dropped: new Map(),
    post: () =>
      web.mail.send({
        ...guestLetterOf(task, { by, expiresAt, url: guestUrl(web, guestId) }),
        to: email,
        messageId: `<${message}@${web.config.webUrl.hostname}>`,
        headers: {},
      }),
  };
}
