import { countOpenAlerts } from '@/app/_server/alerts/list';
import { draftsQuerySchema } from '@/app/_contract/drafts';
import { listDrafts } from '@/app/_server/drafts/list';
import { listFlows } from '@/app/_server/flows/list';
import { exampleOffer } from '@/app/_server/examples/install';
import { prefetch } from '@/app/_server/http/prefetch';
import { listInbox } from '@/app/_server/inbox/list';
import { pageActor } from '@/app/_server/people/page-actor';
import { listRuns } from '@/app/_server/runs/list';
import { runsQuerySchema } from '@/app/_contract/runs';
import { Home } from '@/components/home/home';
import { LATEST_RUNS, NEEDS_A_PERSON, lastDay } from '@/components/home/questions';

export default async function HomePage() {
  const actor = await pageActor();
  const since = lastDay(Date.now());
  const runs = (search: string) =>
    prefetch((web) => listRuns(web, actor, runsQuerySchema.parse(Object.fromEntries(new URLSearchParams(search)))));
  const [flows, drafts, inbox, needsHand, latest, day, alerts] = await Promise.all([
    prefetch(async (web) => ({ flows: await listFlows(web, actor) })),
    prefetch((web) => listDrafts(web, actor, draftsQuerySchema.parse({}))),
    prefetch((web) => listInbox(web, actor, { view: 'waiting', limit: 100 })),
    runs(NEEDS_A_PERSON),
    runs(LATEST_RUNS),
    runs(since),
    prefetch((web) => countOpenAlerts(web, actor)),
  ]);
  return (
    <Home
      example={exampleOffer()}
      name={actor.name}
      since={since}
      flows={flows}
      drafts={drafts}
      inbox={inbox}
      needsHand={needsHand}
      latest={latest}
      day={day}
      alerts={alerts}
    />
  );
}
