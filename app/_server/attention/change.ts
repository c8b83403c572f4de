/**
 * What people say about a group: whose it is, that it is known, not now, and notes. Each is audited.
 *
 * [ATC1] Only about a flow that the person operates, and in a form that a group can have: nothing is stored about flows that
 * do not exist.
 * [ATC2] Sent twice, a change has the effect of one.
 * [ATC3] Open alerts about the group hear of a snooze and of its end (alerts/silences.ts), in the same transaction.
 */
import {
  ATTENTION_KINDS,
  type AcknowledgeGroup,
  type NoteGroup,
  type OwnGroup,
  type SnoozeGroup,
} from '@/app/_contract/attention';
import type { Receipt } from '@/app/_contract/runs';
import type { Operation } from '@/engine/permissions/permissions';
import type { Prisma } from '@/prisma/client/client';
import { subjectOfGroup } from '../alerts/silences';
import { audited, type AuditedChange } from '../audit';
import { Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

type Changer = Pick<Web, 'alerts' | 'catalogue' | 'config' | 'database' | 'invalidations' | 'log'>;
interface Named {
  flow: string;
  key: string;
}

export function ownGroup(web: Changer, actor: Actor, { own, flow, key }: OwnGroup): Promise<Receipt> {
  const group = { flow, key };
  const owner = own ? { ownerId: actor.id, ownerName: actor.name } : { ownerId: null, ownerName: null };
  return change(web, actor, 'attention.own', group, { own }, () => keep(web, group, owner));
}

/** Also ends a snooze: whoever acknowledges a group has looked at it. */
export function acknowledgeGroup(
  web: Changer,
  actor: Actor,
  { acknowledged, flow, key }: AcknowledgeGroup
): Promise<Receipt> {
  const group = { flow, key };
  const said = acknowledged
    ? { acknowledgedAt: new Date(), acknowledgedBy: actor.name, snoozedUntil: null, snoozedBy: null }
    : { acknowledgedAt: null, acknowledgedBy: null };
  return change(web, actor, 'attention.acknowledge', group, { acknowledged }, () => keep(web, group, said));
}

export function snoozeGroup(web: Changer, actor: Actor, { minutes, flow, key }: SnoozeGroup): Promise<Receipt> {
  const group = { flow, key };
  const said =
    minutes === null
      ? { snoozedUntil: null, snoozedBy: null }
      : { snoozedUntil: new Date(Date.now() + minutes * 60_000), snoozedBy: actor.name };
  return change(web, actor, 'attention.snooze', group, { minutes }, () => keep(web, group, said));
}

export function noteGroup(web: Changer, actor: Actor, { text, requestId, ...group }: NoteGroup): Promise<Receipt> {
  const { namespace } = web.config;
  const row = { ...group, namespace, text, byId: actor.id, byName: actor.name };
  return change(web, actor, 'attention.note', group, { characters: text.length }, async () => {
    // [ATC2] The first one stays as it is.
    await web.database.attentionNote.createMany({ data: [{ id: requestId, ...row }], skipDuplicates: true });
  });
}

async function keep(
  { config, database }: Changer,
  { flow, key }: Named,
  said: Omit<Prisma.AttentionGroupUncheckedUpdateInput, 'namespace' | 'flow' | 'key'> &
    Omit<Prisma.AttentionGroupUncheckedCreateInput, 'namespace' | 'flow' | 'key'>
): Promise<void> {
  const id = { namespace: config.namespace, flow, key };
  await database.$transaction(async (rows) => {
    await rows.attentionGroup.upsert({
      where: { namespace_flow_key: id },
      create: { ...id, ...said },
      update: said,
    });
    // [ATC3]
    if (said.snoozedUntil !== undefined)
      await rows.alert.updateMany({
        where: { subject: subjectOfGroup(id), resolvedAt: null },
        data: { changes: { increment: 1 } },
      });
  });
}

async function change(
  web: Changer,
  actor: Actor,
  operation: Operation,
  { flow, key }: Named,
  details: NonNullable<AuditedChange['details']>,
  work: () => Promise<void>
): Promise<Receipt> {
  demandAnywhere(actor, operation);
  const versions = await web.catalogue.list();
  const isFlow = versions.some((version) => version.flow === flow);
  demand(actor, operation, isFlow ? flow : null);
  const [kind = '', step = ''] = key.split(' ', 2);
  if (!ATTENTION_KINDS.some((each) => each === kind) || step === '')
    throw new Refusal('badRequest', `'${key}' is not the key of a group.`);
  return audited(web, actor, { operation, target: `${flow}/${key.trim()}`, details }, async () => {
    await work();
    web.invalidations.announce(['attention', 'alerts']);
    web.alerts.wake();
    return { at: Date.now(), by: actor.name };
  });
}
