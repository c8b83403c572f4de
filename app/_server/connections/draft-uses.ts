/** Which open drafts call a connection: nobody can publish them any more once it is archived. */
import type { DraftUse } from '@/app/_contract/connections';
import { draftNodes, type Draft, type Json } from '@/engine/flow/edit/draft';
import { byName } from '@/engine/flow/values/name-order';
import { flowsOf } from '@/engine/permissions/permissions';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

/** More are not listed. */
const MOST = 100;

/** The latest change first. Only drafts that this person may see. */
export async function draftsThatCall(
  web: Pick<Web, 'database' | 'drafts'>,
  actor: Actor,
  connection: string
): Promise<DraftUse[]> {
  const flows = flowsOf(actor, 'drafts.get');
  // A draft is its newest snapshot and the gestures since: any of them may name the connection. Names have no special
  // character.
  const named = `%"${connection}%`;
  const rows = await web.database.$queryRaw<{ id: string }[]>`
    SELECT d.id FROM app.draft d
    JOIN LATERAL (
      SELECT number, content FROM app.draft_snapshot WHERE draft_id = d.id ORDER BY number DESC LIMIT 1
    ) s ON true
    WHERE d.archived_at IS NULL AND (
      s.content::text LIKE ${named}
      OR EXISTS (
        SELECT 1 FROM app.draft_gesture g
        WHERE g.draft_id = d.id AND g.number > s.number AND g.operations::text LIKE ${named}
      )
    )
    ORDER BY d.changed_at DESC LIMIT ${2 * MOST}`;
  const found: DraftUse[] = [];
  for (const { id } of rows) {
    const stored = await web.database.draft.findUnique({ where: { id } });
    if (!stored || stored.archivedAt || (flows && !flows.includes(stored.flow ?? ''))) continue;
    // A draft that cannot be read now is left out: archiving a connection must not depend on it.
    const draft = await web.drafts.newest(stored).catch(() => null);
    const operations = draft ? operationsOf(draft, connection) : [];
    if (operations.length > 0) found.push({ id, title: stored.title || stored.name, flow: stored.flow, operations });
    if (found.length === MOST) break;
  }
  return found;
}

/** Names of operations; '' for a request that a step describes itself. */
export function operationsOf({ steps, tray }: Pick<Draft, 'steps' | 'tray'>, connection: string): string[] {
  const found = new Set<string>();
  const look = (value: Json | undefined): void => {
    if (Array.isArray(value)) value.forEach(look);
    else if (typeof value === 'object' && value !== null) {
      const { activity, connection: named } = value;
      if (typeof activity === 'string' && activity.startsWith(`${connection}.`))
        found.add(activity.slice(connection.length + 1));
      if (named === connection) found.add('');
      Object.values(value).forEach(look);
    }
  };
  for (const { fields, branches } of draftNodes({ steps, tray }))
    [fields, ...branches.map((branch) => branch.fields)].forEach((each) => look(each as Json));
  return [...found].sort(byName);
}
