/** One task, open or settled. */
import type { InboxTask } from '@/app/_contract/inbox';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { viewOf } from './view';

export async function getTask({ database }: Pick<Web, 'database'>, actor: Actor, taskId: string): Promise<InboxTask> {
  demand(actor, 'read');
  const row = await database.humanTask.findUnique({ where: { taskId } });
  if (!row || row.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  return viewOf(row, actor);
}
