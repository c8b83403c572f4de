'use client';

/** The flows, drafts and runs that a search finds: asked of the server, since there may be very many. */
import { ListTree, Pencil, Play } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { LONGEST_SEARCH, type DraftList } from '@/app/_contract/drafts';
import type { FlowSummary } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import type { RunsPage } from '@/app/_contract/runs';
import { draftTitle, isArchived } from '@/components/flow/rows';
import { failureFrom, getJson } from '@/components/live/api';
import { usePerson } from '@/components/people/person';
import { runWords } from '@/components/words';
import { may, mayAnywhere } from '@/engine/permissions/permissions';
import { LONGEST_ID } from '@/app/_contract/runs';
import type { Command } from './command';

/** Nobody waits this long between two letters of one word. */
const PAUSE_MS = 150;
const MOST_RUNS = '8';
const MOST_DRAFTS = '20';

interface Found {
  commands: readonly Command[];
  /** More may come. */
  pending: boolean;
  /** What could not be asked for, and why; null: everything was. */
  missing: string | null;
}

export function useFound(search: string): Found {
  const person = usePerson();
  const router = useRouter();
  const typed = search.trim();
  const sought = usePaused(typed);
  const isSought = sought !== '';
  // [CMD10] What was found for the letters before stays until the next answer: the menu lists of it what still matches, so
  // that a row that somebody is about to choose does not go and come back under the key.
  const flows = useQuery({
    queryKey: ['flows', routes.flows()],
    queryFn: ({ signal }) => getJson<{ flows: FlowSummary[] }>(routes.flows(), signal),
    enabled: isSought && mayAnywhere(person, 'flows.list'),
  });
  const ofDrafts = routes.drafts(
    new URLSearchParams({ search: sought.slice(0, LONGEST_SEARCH), limit: MOST_DRAFTS }).toString()
  );
  const drafts = useQuery({
    queryKey: ['drafts', ofDrafts],
    queryFn: ({ signal }) => getJson<DraftList>(ofDrafts, signal),
    enabled: isSought && mayAnywhere(person, 'drafts.list'),
    placeholderData: keepPreviousData,
  });
  const ofRuns = routes.runs(new URLSearchParams({ id: sought.slice(0, LONGEST_ID), pageSize: MOST_RUNS }).toString());
  const runs = useQuery({
    queryKey: ['runs', ofRuns],
    queryFn: ({ signal }) => getJson<RunsPage>(ofRuns, signal),
    enabled: isSought && mayAnywhere(person, 'runs.list'),
    placeholderData: keepPreviousData,
  });

  const commands = useMemo(() => {
    if (!isSought) return [];
    const go = (href: string) => () => router.push(href);
    const ofFlow = (flow: FlowSummary): Command[] => {
      const { name, title } = flow;
      const words = [name];
      const says = isArchived(flow) ? 'archived' : `v${flow.latestVersion}`;
      const open: Command = {
        id: `flow-${name}`,
        group: 'Flows',
        title,
        says,
        icon: ListTree,
        words,
        run: go(pages.flow(name)),
      };
      if (isArchived(flow) || !may(person, 'runs.start', name)) return [open];
      const start = `Start a run of ${title}`;
      return [
        open,
        { id: `start-${name}`, group: 'Flows', title: start, icon: Play, words, run: go(pages.start(name)) },
      ];
    };
    return [
      ...(flows.data?.flows ?? []).flatMap(ofFlow),
      ...(drafts.data?.drafts ?? []).map((draft): Command => ({
        id: `draft-${draft.id}`,
        group: 'Drafts',
        title: draftTitle(draft),
        says: draft.base === null ? 'not published' : `draft of v${draft.base}`,
        icon: Pencil,
        words: [draft.name, 'edit'],
        run: go(pages.draft(draft.id)),
      })),
      ...(runs.data?.runs ?? []).map((run): Command => ({
        id: `run-${run.workflowId}/${run.runId}`,
        group: 'Runs',
        title: run.workflowId,
        says: runWords(run).words,
        icon: Play,
        run: go(pages.run(run.workflowId, run.runId)),
      })),
    ];
  }, [isSought, flows.data, drafts.data, runs.data, person, router]);
  const failed = Object.entries({ flows, drafts, runs }).filter(([, { error }]) => error);
  const why = failed[0] && failureFrom(failed[0][1].error).message;
  return {
    commands,
    pending: typed !== sought || flows.isFetching || drafts.isFetching || runs.isFetching,
    missing: why ? `Not searched: ${failed.map(([what]) => what).join(', ')}. ${why}` : null,
  };
}

/** The text, when it has not changed for a moment. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
