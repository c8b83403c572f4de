/**
 * Which flows were made from which template. A draft has the name of its template, and so has every further draft of
 * its flow.
 */
import type { MadeFromTemplate, TemplateRef } from '@/app/_contract/templates';
import { templateOf } from '@/engine/examples/registry';
import { may } from '@/engine/permissions/permissions';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

const MOST = 20;

/** Null for a template that is no longer there. */
export function templateRef(name: string): TemplateRef | null {
  const template = templateOf(name);
  return template && { name, title: template.title };
}

export async function templateOfFlow({ database }: Pick<Web, 'database'>, flow: string): Promise<string | null> {
  const where = { flow, template: { not: null } };
  return (await database.draft.findFirst({ where, select: { template: true } }))?.template ?? null;
}

/** What the person may see of it, the newest change first; one entry for each flow. */
export async function madeFrom(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  template: string
): Promise<MadeFromTemplate[]> {
  const rows = await database.draft.findMany({
    // The draft of a published flow may be archived.
    where: { template, OR: [{ archivedAt: null }, { flow: { not: null } }] },
    select: { id: true, title: true, flow: true, changedAt: true },
    orderBy: [{ changedAt: 'desc' }, { id: 'asc' }],
    take: 200,
  });
  const seen = new Set<string>();
  return rows
    .filter(({ id, flow }) => {
      const key = flow ?? id;
      if (seen.has(key) || !may(actor, 'drafts.get', flow)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, MOST)
    .map(({ id, title, flow, changedAt }) => ({ draft: id, title, flow, changedMs: changedAt.getTime() }));
}
