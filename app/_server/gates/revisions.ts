/** The revisions of a flow's versions: who published each, when and why, and how many open runs are on it. */
import type { RevisionList, RevisionRow } from '@/app/_contract/gates';
import { reading, unanswered } from '../engine';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';

/** Throws `flowNotFound`. */
export async function listRevisions(
  web: Pick<Web, 'catalogue' | 'versions' | 'temporal'>,
  actor: Actor,
  flow: string
): Promise<RevisionList> {
  demand(actor, 'flows.get', flow);
  const all = (await web.catalogue.list()).filter((each) => each.flow === flow);
  if (all.length === 0) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  const several = all.filter(({ version }) => all.filter((each) => each.version === version).length > 1);
  if (several.length === 0) return { revisions: [], switches: [] };
  const switches = await web.versions.listSwitches(flow).catch(unanswered);
  const revisions = await Promise.all(
    several.map(async (each): Promise<RevisionRow> => {
      // The oldest switch to it: later ones are rollbacks.
      const first = switches.findLast(
        ({ version, revision }) => version === each.version && revision === each.revision
      );
      return {
        version: each.version,
        revision: each.revision,
        live: each.live,
        publishedBy: each.createdBy || null,
        publishedMs: Number(each.createdMs),
        // A first revision went live when its version was published: every switch to it is a rollback.
        note: isFirst(each) ? each.note : (first?.note ?? each.note),
        openRuns: await countOn(web, each.workflowType, each.revision),
      };
    })
  );
  // What is counted on other revisions is not on the first one, which lists do not name.
  const numberOf = ({ revision }: RevisionRow) => Number(revision.split('.')[1]);
  revisions.sort((a, b) => b.version - a.version || numberOf(b) - numberOf(a));
  return {
    revisions: revisions.map((row) => ({ ...row, openRuns: isFirst(row) ? onFirst(row, revisions) : row.openRuns })),
    switches: switches.map((each) => ({ ...each, atMs: Number(each.atMs) })),
  };
}

const isFirst = ({ revision }: { revision: string }): boolean => revision.endsWith('.0');

function onFirst(first: RevisionRow, all: readonly RevisionRow[]): number | null {
  let left = first.openRuns;
  for (const row of all) {
    if (row === first || row.version !== first.version) continue;
    left = left === null || row.openRuns === null ? null : left - row.openRuns;
  }
  return left === null ? null : Math.max(0, left);
}

/** For a first revision: the runs of all revisions. */
async function countOn(web: Pick<Web, 'temporal'>, workflowType: string, revision: string): Promise<number | null> {
  const of = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
  const query = isFirst({ revision }) ? of : `${of} AND BuildIds = '${revision}'`;
  return reading(web, () => web.temporal.workflow.count(query))
    .then(({ count }) => count)
    .catch(() => null);
}
