/**
 * A delivery of another system to a webhook.
 *
 * Rules
 * [HKR1] Nothing is done, and nothing of the body is read as JSON, before the delivery is proved.
 * [HKR2] It is the act of the webhook's owner: what that person may not do any more is refused, and what is done is in the
 *        audit trail under the owner's name with that of the webhook.
 * [HKR3] The same delivery twice starts one run: by its id as the webhook says, never by its time or its connection.
 *        A signal that is delivered again after its run has ended is answered as before.
 * [HKR4] The newest deliveries are kept with how they ended, those that were refused too, and never with their bodies. A
 *        sender without proof leaves no trace there, because anybody could fill that list.
 * [HKR5] Who fails to prove deliveries is slowed down by address, and so is a sender that floods.
 */
import { randomUUID } from 'node:crypto';
import type { HookAnswer, PutHook } from '@/app/_contract/hooks';
import { isUuid, LONGEST_ID } from '@/engine/plain-text';
import { startRunSchema } from '@/app/_contract/runs';
import type { Hook as HookRow } from '@/prisma/client/client';
import { failureOf, isRefusal, Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import { parsed, rawBodyOf, valueOf } from '../http/handle';
import { requestIdOf } from '../http/request-id';
import type { Actor } from '../people/actor';
import { readPerson } from '../people/person';
import { describeRun } from '../runs/address';
import { signalRun } from '../runs/signal';
import { startRun } from '../runs/start';
import type { Web } from '../web';
import { hookNotFound, secretOf, settingsOf } from './hooks';
import { STANDARD_ID, whyUnproved } from './proof';

type Receiver = Pick<Web, 'database' | 'log' | 'temporal' | 'catalogue' | 'config' | 'invalidations' | 'limits'>;
export const UNPROVED_LIMIT = { window: 60, max: 20 };
/** Of each webhook. */
const KEPT = 200;
const DELIVERY_LIMIT = { window: 60, max: 1_200 };

export async function receive(web: Receiver, id: string, request: Request): Promise<HookAnswer> {
  const from = request.headers.get(CLIENT_HEADER);
  await web.limits.demand(`hook:${id}`, DELIVERY_LIMIT, 'to deliver to this webhook');
  const hook = isUuid(id) ? await web.database.hook.findUnique({ where: { id } }) : null;
  if (!hook) throw hookNotFound();
  const body = await rawBodyOf(request);
  const settings = settingsOf(hook);
  const unproved = whyUnproved(settings.proof, await secretOf(web, hook), request.headers, body);
  if (unproved) {
    await web.limits.demand(`unproved:${id}:${from ?? ''}`, UNPROVED_LIMIT, 'to deliver without proof');
    web.log.info({ hook: id, from }, 'a delivery without proof was refused');
    throw new Refusal('hookUnproved', `${unproved} Nothing was done.`);
  }
  const delivery: Delivery = { requestId: null };
  try {
    const answer = await deliver(web, hook, settings, request.headers, body, from, delivery);
    await remember(web, id, delivery, { outcome: answer.again ? 'again' : 'done', message: null, run: answer });
    return answer;
  } catch (error) {
    const { code, message, problems = [] } = failureOf(error);
    const named = problems.map((each) => `${each.at} ${each.message}`).join('; ');
    const words = `${message}${named === '' ? '' : ` ${named}`}`.slice(0, 1_000);
    await remember(web, id, delivery, { outcome: code, message: words, run: null });
    throw error;
  }
}

interface Delivery {
  /** Null until it is known. */
  requestId: string | null;
}

async function deliver(
  web: Receiver,
  hook: HookRow,
  { flow, title, action, input, proof, deliveryId }: Omit<PutHook, 'secret'>,
  headers: Headers,
  body: string,
  from: string | null,
  delivery: Delivery
): Promise<HookAnswer> {
  const value = valueOf(body, 'The delivery');
  const owner = await readPerson(web, hook.ownerId);
  if (!owner) throw new Refusal('notAllowed', `${hook.ownerName}, the owner of this webhook, was deactivated.`);
  const actor: Actor = {
    ...owner,
    name: `${owner.name} (webhook '${title}')`,
    grants: [{ role: 'operator', flow }],
    within: { grants: owner.grants },
    via: `webhook '${title}'`,
    from,
  };
  const by = proof.kind === 'standard' ? ({ kind: 'header', header: STANDARD_ID } as const) : deliveryId;
  const delivered = by.kind === 'none' ? randomUUID() : deliveredAs(by, headers, value);
  const requestId = requestIdOf(`hook ${hook.id}`, flow, delivered);
  delivery.requestId = requestId;
  const part = at(value, input);
  if (part === undefined) throw new Refusal('badRequest', `The body has nothing at '${input}'. Nothing was done.`);
  const workflowId = action.runId === '' ? undefined : idAt(value, action.runId, 'the id of the run');
  if (action.kind === 'start') {
    const request = parsed(startRunSchema, { requestId, workflowId, input: part }, 'The delivery');
    return startRun(web, actor, flow, request);
  }
  const { info, summary } = await describeRun(web, actor, 'runs.signal', { workflowId: workflowId ?? '', runId: '' });
  if (summary.flow !== flow) throw new Refusal('runNotFound', `There is no run '${workflowId}' of '${flow}'.`);
  const run = { workflowId: workflowId ?? '', runId: info.execution?.runId ?? '' };
  try {
    await signalRun(web, actor, run, { name: action.signal, input: part, requestId });
  } catch (error) {
    if (!isRefusal(error) || error.code !== 'runClosed' || !(await wasTaken(web, hook.id, requestId))) throw error;
    return { ...run, again: true };
  }
  return { ...run, again: false };
}

const wasTaken = async ({ database }: Receiver, hookId: string, requestId: string): Promise<boolean> =>
  (await database.hookDelivery.findFirst({ where: { hookId, requestId, outcome: { in: ['done', 'again'] } } })) !==
  null;

function deliveredAs(by: Exclude<PutHook['deliveryId'], { kind: 'none' }>, headers: Headers, value: unknown): string {
  if (by.kind === 'body') return idAt(value, by.pointer, 'the id of the delivery');
  const id = headers.get(by.header)?.trim();
  if (!id)
    throw new Refusal(
      'badRequest',
      `The header '${by.header}' is missing, so a repetition could not be told. Nothing was done.`
    );
  return id;
}

function idAt(value: unknown, pointer: string, what: string): string {
  const found = at(value, pointer);
  const id = typeof found === 'number' ? String(found) : found;
  if (typeof id === 'string' && id.trim() !== '' && id.length <= LONGEST_ID) return id.trim();
  throw new Refusal('badRequest', `The body has no text or number at '${pointer}' for ${what}. Nothing was done.`);
}

/** What is at a JSON Pointer; undefined if there is nothing. */
export function at(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((inner, each) => {
    const name = each.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, name)
      ? (inner as Record<string, unknown>)[name]
      : undefined;
  }, value);
}

/** [HKR4] A delivery counts whether it is remembered or not. */
async function remember(
  { database, log, invalidations }: Receiver,
  hookId: string,
  { requestId }: Delivery,
  { outcome, message, run }: { outcome: string; message: string | null; run: HookAnswer | null }
): Promise<void> {
  try {
    await database.hookDelivery.create({
      data: { id: randomUUID(), hookId, requestId, outcome, message, workflowId: run?.workflowId, runId: run?.runId },
    });
    await database.$executeRaw`
      DELETE FROM app.hook_delivery WHERE hook_id = ${hookId}::uuid AND id NOT IN (
        SELECT id FROM app.hook_delivery WHERE hook_id = ${hookId}::uuid ORDER BY at DESC LIMIT ${KEPT})`;
    invalidations.announce(['flows']);
  } catch (error) {
    log.error({ err: error, hook: hookId }, 'a delivery could not be remembered');
  }
}
