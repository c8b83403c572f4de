/**
 * Rule 6 of engine/README.md: every history that a test creates passes history/check and, if workflow code made it,
 * the official replayer.
 *
 * A test file declares once, at its top, which workflows it uses. The code that creates a history passes it to
 * `witness` (WorkflowUnderTest and startTestEngine do so), which throws in a file without this declaration. The check
 * runs in the last hook of the file. It uses the bytes as they were stored, so a test may change its own copy.
 */
import { afterAll } from 'vitest';
import { temporal } from '../../proto';
import type { HistoryBatch } from '../../store/port';
import type { Expectation, HistoryEvent } from '../api';
import { checkHistory } from '../check';
import { OfficialReplayer, type WorkflowFiles } from './official-replayer';

export interface Witnessed {
  /** The workflow also receives this id. */
  workflowId: string;
  runId: string;
  batches: readonly HistoryBatch[];
  /** The acknowledged state of the run. */
  expected: Expectation;
  /**
   * The workflows of the history, if they differ from those of the test file. Pass the same object for the same
   * workflows, because each object is bundled once.
   */
  source?: WorkflowSource;
  /** Workflow code failed a task for good. The history is valid, but it cannot be replayed to its end. */
  broken?: boolean;
}

/** 'scripted' if no workflow code made the histories. */
export type WorkflowSource = WorkflowFiles | 'scripted';

const witnesses: (() => Witnessed)[] = [];
let isDeclared = false;

/** Called once, at the top of a test file. Its hook runs after all others of the file. */
export function provesHistories(source: WorkflowSource): void {
  isDeclared = true;
  afterAll(async () => {
    const histories = witnesses.splice(0).map((witness) => witness());
    if (histories.length === 0) throw new Error('no history was made here: there is nothing to prove');
    const wrong = [...histories.flatMap(unsound), ...(await refusals(histories, source))];
    const found = `${wrong.length} findings in ${histories.length} histories`;
    if (wrong.length > 0) throw new Error(`${found}:\n${wrong.join('\n')}`);
  }, 120_000);
}

/** Records a history; it is checked at the end of the test file. */
export function witness(history: () => Witnessed): void {
  if (!isDeclared) throw new Error('this test file makes histories: it has to call provesHistories() at its top');
  witnesses.push(history);
}

export const eventsOf = (batches: readonly HistoryBatch[]): HistoryEvent[] =>
  batches.flatMap(({ events }) => temporal.api.history.v1.History.decode(events).events);

function unsound({ workflowId, runId, batches, expected }: Witnessed): string[] {
  return checkHistory(batches, expected).map(
    ({ rule, eventId, message }) => `${workflowId}/${runId}: ${rule} at event ${eventId}: ${message}`
  );
}

async function refusals(histories: readonly Witnessed[], common: WorkflowSource): Promise<string[]> {
  const bySource = new Map<WorkflowFiles, { workflowId: string; events: HistoryEvent[] }[]>();
  for (const { workflowId, batches, broken, source = common } of histories) {
    if (source === 'scripted' || broken) continue;
    bySource.set(source, [...(bySource.get(source) ?? []), { workflowId, events: eventsOf(batches) }]);
  }
  const refused: string[] = [];
  for (const [source, of] of bySource) {
    const replayer = await OfficialReplayer.of(source);
    for (const [workflowId, reason] of await replayer.refusals(of)) {
      refused.push(`${workflowId}: the official replayer: ${reason}`);
    }
  }
  return refused;
}
