/**
 * Who asked for a batch, for what, and of which flows its runs can be. The engine knows only the process that asked it.
 *
 * [BRC1] A batch is read and stopped by whoever asked for it, and by whoever may do so for every flow of its runs. One that
 *        was not asked for here, or before there was such a record, can have runs of any flow.
 */
import type { BatchAct } from '@/app/_contract/batches';
import type { Operation } from '@/engine/permissions/permissions';
import { isUuid } from '@/engine/plain-text';
import type { Prisma, RunBatch } from '@/prisma/client/client';
import { may } from '@/engine/permissions/permissions';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import type { Web } from '../web';

export type Records = Pick<Web, 'database'>;

export interface Asked {
  id: string;
  act: BatchAct;
  /** Null: of every flow, and of runs without one. */
  flows: readonly string[] | null;
  reason: string;
}

/** Sent twice, the first one stays. */
export async function record({ database }: Records, actor: Actor, { id, act, flows, reason }: Asked): Promise<void> {
  const data = {
    id,
    act: act as Prisma.InputJsonObject,
    flows: [...(flows ?? [])],
    isOfEverything: flows === null,
    byId: actor.id,
    byName: actor.name,
    reason,
  };
  await database.runBatch.createMany({ data: [data], skipDuplicates: true });
}

/** Null: it was not asked for here. */
export const recordOf = async ({ database }: Records, id: string): Promise<RunBatch | null> =>
  isUuid(id) ? database.runBatch.findUnique({ where: { id } }) : null;

export const actOf = ({ act }: RunBatch): BatchAct => act as unknown as BatchAct;

/** [BRC1] */
export function mayOn(actor: Actor, operation: Operation, asked: RunBatch | null): boolean {
  // One that named no flow found no run: it says nothing of whose runs it meant.
  if (!asked || asked.isOfEverything || asked.flows.length === 0) return may(actor, operation) || isOwn(actor, asked);
  return isOwn(actor, asked) || asked.flows.every((flow) => may(actor, operation, flow));
}

/** [BRC1] Throws `notAllowed`. Returns the record. */
export async function demandOn(web: Records, actor: Actor, operation: Operation, id: string): Promise<RunBatch | null> {
  // Checked first: somebody without any such permission must not learn which batches exist.
  demandAnywhere(actor, operation);
  const asked = await recordOf(web, id);
  if (mayOn(actor, operation, asked)) return asked;
  demand(actor, operation, asked?.flows.find((flow) => !may(actor, operation, flow)) ?? null);
  return asked;
}

const isOwn = (actor: Actor, asked: RunBatch | null): boolean => asked?.byId === actor.id;
