/**
 * Saved views of the list of runs. A view is a filter: whoever opens it sees the runs that they may see, so a shared view
 * shows nobody more.
 *
 * Rules
 * [VWS1] A person sees their own views and the shared ones. Only the owner changes a view; an administrator may remove a
 *        shared one, too.
 * [VWS2] To share a view needs the permission to operate runs; to keep one for oneself, that to list them.
 * [VWS3] The default of a person is gone with its view, and no default of somebody who does not see the view any more.
 */
import { MOST_VIEWS, type ChooseView, type PutView, type SavedView, type ViewList } from '@/app/_contract/views';
import { mayAnywhere } from '@/engine/permissions/permissions';
import { byName } from '@/engine/flow/values/name-order';
import { isUuid } from '@/engine/plain-text';
import type { SavedView as ViewRow } from '@/prisma/client/client';
import { audited } from '../audit';
import { Refusal } from '../failure';
import { demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

type Keeper = Pick<Web, 'database' | 'log' | 'invalidations'>;

const visibleTo = (actor: Actor) => ({ OR: [{ ownerId: actor.id }, { shared: true }] });
const notFound = () => new Refusal('viewNotFound', 'This view does not exist, or is not shared with you.');
const isAdministrator = (actor: Actor) => mayAnywhere(actor, 'people.setRoles');

export async function listViews({ database }: Pick<Web, 'database'>, actor: Actor): Promise<ViewList> {
  demandAnywhere(actor, 'views.list');
  const [rows, chosen] = await Promise.all([
    database.savedView.findMany({ where: visibleTo(actor) }),
    database.defaultView.findUnique({ where: { personId: actor.id } }),
  ]);
  const views = rows.map((row) => viewOf(row, actor));
  const isOwn = (view: SavedView) => Number(view.owner.id === actor.id);
  return {
    views: views.sort((a, b) => isOwn(b) - isOwn(a) || byName(a.name, b.name)),
    // [VWS3]
    defaultId: views.find(({ id }) => id === chosen?.viewId)?.id ?? null,
  };
}

export async function putView(web: Keeper, actor: Actor, { id, name, ...said }: PutView): Promise<SavedView> {
  const { search, columns, shared } = said;
  const operation = shared ? 'views.share' : 'views.put';
  demandAnywhere(actor, operation);
  return audited(web, actor, { operation, target: id, details: { name, shared } }, async () => {
    const { database } = web;
    const known = await database.savedView.findUnique({ where: { id } });
    if (known && known.ownerId !== actor.id)
      throw known.shared
        ? new Refusal('refused', `This view belongs to ${known.ownerName}. Save your own beside it.`)
        : notFound();
    if (!known && (await database.savedView.count({ where: { ownerId: actor.id } })) >= MOST_VIEWS)
      throw new Refusal('refused', `You have ${MOST_VIEWS} views. Remove one first.`);
    const content = { name, search, columns, shared, ownerName: actor.name, changedAt: new Date() };
    const row = await database.savedView.upsert({
      where: { id },
      create: { id, ownerId: actor.id, ...content },
      update: content,
    });
    web.invalidations.announce(['views']);
    return viewOf(row, actor);
  });
}

export async function removeView(web: Keeper, actor: Actor, id: string): Promise<{ id: string }> {
  demandAnywhere(actor, 'views.remove');
  return audited(web, actor, { operation: 'views.remove', target: id }, async () => {
    const row = isUuid(id) ? await web.database.savedView.findFirst({ where: { id, ...visibleTo(actor) } }) : null;
    if (!row) throw notFound();
    if (!viewOf(row, actor).mayChange)
      throw new Refusal('refused', `This view belongs to ${row.ownerName}, who can remove it.`);
    await web.database.savedView.deleteMany({ where: { id } });
    web.invalidations.announce(['views']);
    return { id };
  });
}

export async function chooseView(web: Keeper, actor: Actor, { id }: ChooseView): Promise<ChooseView> {
  demandAnywhere(actor, 'views.choose');
  return audited(web, actor, { operation: 'views.choose', target: id ?? 'all runs' }, async () => {
    const { database } = web;
    const personId = actor.id;
    if (id === null) await database.defaultView.deleteMany({ where: { personId } });
    else {
      if (!(await database.savedView.findFirst({ where: { id, ...visibleTo(actor) } }))) throw notFound();
      const row = { personId, viewId: id };
      await database.defaultView.upsert({ where: { personId }, create: row, update: row });
    }
    web.invalidations.announce(['views']);
    return { id };
  });
}

function viewOf({ id, name, search, columns, shared, ownerId, ownerName }: ViewRow, actor: Actor): SavedView {
  return {
    id,
    name,
    search,
    columns: columns as Record<string, boolean>,
    shared,
    owner: { id: ownerId, name: ownerName },
    mayChange: ownerId === actor.id || (shared && isAdministrator(actor)),
  };
}
