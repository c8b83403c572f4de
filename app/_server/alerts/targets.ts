/** Whom a rule can tell. */
import type { AlertTarget } from '@/app/_contract/alerts';
import { byName } from '@/engine/flow/values/name-order';
import type { Web } from '../web';

/** People, then groups, chats and destinations, each by name. */
export async function listTargets({ database }: Pick<Web, 'database'>): Promise<AlertTarget[]> {
  const [people, groups, chats, destinations] = await Promise.all([
    database.user.findMany({ where: { deactivatedAt: null }, select: { id: true, name: true } }),
    database.personGroup.findMany({ select: { name: true } }),
    database.chat.findMany({ select: { id: true, title: true } }),
    database.alertDestination.findMany({ select: { id: true, title: true } }),
  ]);
  const sorted = (targets: AlertTarget[]) => targets.sort((a, b) => byName(a.title, b.title));
  return [
    ...sorted(people.map(({ id, name }) => ({ target: `person ${id}`, title: name }))),
    ...sorted(groups.map(({ name }) => ({ target: `group ${name}`, title: name }))),
    ...sorted(chats.map(({ id, title }) => ({ target: `chat ${id}`, title }))),
    ...sorted(destinations.map(({ id, title }) => ({ target: `destination ${id}`, title }))),
  ];
}
