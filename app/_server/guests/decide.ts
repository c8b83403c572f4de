/**
 * The page behind the link of a guest, and their decision.
 *
 * Rules
 * [GSD1] Looking decides nothing. The guest sees what the page of the task shows, as long as it waits for them.
 * [GSD2] A link decides once: the id of the decision is that of the link, and a second, other decision is refused. The same
 *        one sent again has the same answer.
 * [GSD3] The run holds the decision against the rules of the approval, as it does for everybody. A guest in the place of a person
 *        has that person's voice, and none beside it.
 * [GSD4] It is recorded as 'Name <address>, invited by …' in the history, the task and the audit trail.
 */
import type { DecideAsGuest, GuestReceipt, GuestTask } from '@/app/_contract/guests';
import type { FailureCode } from '@/app/_contract/errors';
import type { Person } from '@/app/_contract/people';
import { maskBySchema } from '@/engine/flow/values/mask';
import type { JsonSchema } from '@/engine/flow/document';
import type { GuestLink, HumanTask } from '@/prisma/client/client';
import { isRefusal, Refusal } from '../failure';
import { CLIENT_HEADER } from '../http/client-address';
import { demandNotClaimedByOther } from '../inbox/claim';
import { decideAs, type Asker } from '../inbox/decide';
import { decisionsOfTask, votesOfTask } from '../inbox/decisions';
import type { Decider } from '../inbox/delegate';
import { settledWords } from '../inbox/view';
import type { Actor } from '../people/actor';
import { readPeople } from '../people/person';
import type { Web } from '../web';
import { guestId, linkOf } from './links';

/** For each address of the network. */
const LIMIT = { window: 60, max: 30 };

export async function lookAsGuest(
  web: Pick<Web, 'database' | 'config' | 'limits'>,
  headers: Headers,
  token: string
): Promise<GuestTask> {
  await demandRate(web, headers);
  const { link, task } = await linkOf(web, token);
  const { name, email, byName, expiresAt } = link;
  const over = overWords(link, task);
  const schema = task.schema as JsonSchema | null;
  return {
    name,
    email,
    by: byName,
    expiresMs: expiresAt.getTime(),
    over,
    task:
      over === null
        ? {
            title: task.title,
            question: task.question,
            data: maskBySchema(task.data, schema),
            dataHash: task.dataHash,
            schema,
            decisions: decisionsOfTask(task),
            dueAtMs: task.dueAt?.getTime() ?? null,
          }
        : null,
  };
}

export async function decideAsGuest(
  web: Asker & Pick<Web, 'limits'>,
  headers: Headers,
  { token, ...request }: DecideAsGuest
): Promise<GuestReceipt> {
  await demandRate(web, headers);
  const { link, task } = await linkOf(web, token);
  const { actor, decider } = await deciderOf(web, link, headers.get(CLIENT_HEADER));
  if (!task.settledAt) demandNotClaimedByOther(actor, decider.actingFor ?? null, task);
  await takeLink(web, link, request.decision);
  try {
    const details = { guest: link.id, invitedBy: link.byName };
    const receipt = await decideAs(web, { actor, decider, details }, task, { ...request, decisionId: link.id });
    await web.database.guestLink.updateMany({ where: { id: link.id, usedAt: null }, data: { usedAt: new Date() } });
    const { outcome, decision, by, atMs } = receipt;
    return { outcome, decision, by, atMs };
  } catch (error) {
    // Nothing was decided by it for sure, so it can be used for another decision.
    if (isRefusal(error) && !MAY_HAVE_ARRIVED.includes(error.code)) await leaveLink(web, link);
    throw error;
  }
}

const MAY_HAVE_ARRIVED: readonly FailureCode[] = ['outcomeUnknown', 'engineAway', 'databaseAway', 'unexpected'];

/** [GSD2] */
async function takeLink({ database }: Pick<Web, 'database'>, { id }: GuestLink, decision: string): Promise<void> {
  const { count } = await database.guestLink.updateMany({
    where: { id, revokedAt: null, OR: [{ decision: null }, { decision }] },
    data: { decision },
  });
  if (count === 0)
    throw new Refusal('alreadyDecided', 'This link was used for another decision already. Nothing was changed.');
}
const leaveLink = ({ database }: Pick<Web, 'database'>, { id }: GuestLink) =>
  database.guestLink.updateMany({ where: { id, usedAt: null }, data: { decision: null } });

/** [GSD3] [GSD4] */
async function deciderOf(
  web: Pick<Web, 'database'>,
  { email, name, byName, decidesFor }: GuestLink,
  from: string | null
): Promise<{ actor: Actor; decider: Decider }> {
  const actor: Actor = {
    id: guestId(email),
    name: `${name} <${email}>, invited by ${byName}`,
    email,
    groups: decidesFor === null ? [] : [decidesFor],
    grants: [],
    via: 'guest link',
    from,
  };
  const people = await readPeople(web, null);
  // Somebody has made an account with this address since [GST3].
  if (people.some((person) => person.email.toLowerCase() === email))
    throw new Refusal('guestLinkOver', 'There is an account with your address now. Sign in to decide.');
  const person = decidesFor === null ? undefined : people.find((each) => isNamed(each, decidesFor));
  return {
    actor,
    decider: person ? { ...actor, actingFor: { id: person.id, name: person.name } } : actor,
  };
}
const isNamed = ({ id, email }: Person, candidate: string): boolean =>
  candidate === id || candidate.toLowerCase() === email.toLowerCase();

function overWords({ email, usedAt }: GuestLink, task: HumanTask): string | null {
  const own = votesOfTask(task).some(({ byId }) => byId === guestId(email));
  if (usedAt || own) return task.settledAt ? settledWords(task) : 'You have decided. Others are asked too.';
  return task.settledAt ? settledWords(task) : null;
}

const demandRate = ({ limits }: Pick<Web, 'limits'>, headers: Headers) =>
  limits.demand(`guest:${headers.get(CLIENT_HEADER)}`, LIMIT, 'from this address');
