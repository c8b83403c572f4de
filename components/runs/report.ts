/**
 * A run in words, to be pasted into a ticket or a message: what it is, what it does or needs, what failed, and what remains.
 *
 * [RPO1] It has the sentences of the page, and the address of the page. Instants are in UTC, because others read it.
 * [RPO2] It has no data of the run: no input, no output, no payload.
 */
import { effectWords, runWords } from '@/components/words';
import { formatDuration, formatMinute } from '@/engine/flow/values/format';
import { clauseOf } from '@/engine/run-view/failure';
import type { RunView } from './run-view';
import { deedOfPending } from './pause-words';

export function reportOf(view: RunView, address: string): string {
  const { live, projection, readBy, manifest } = view;
  const { summary } = live;
  const title = manifest
    ? `${manifest.document.title} ${summary.revision ?? `v${summary.version}`}`
    : summary.workflowType;
  const lasted = formatDuration((summary.closeMs ?? live.asOfMs) - summary.startMs);
  const { pause, whatNow, standing, ledger, nodes } = projection;
  const effects = ledger.entries.filter(({ state }) => state !== 'notArmed');
  const failed = Object.values(nodes).filter(({ failure }) => failure);
  const part = (name: string, lines: readonly string[]) =>
    lines.length > 0 ? ['', `${name}:`, ...lines.map((line) => `- ${line}`)] : [];
  return [
    `${summary.workflowId} · ${title} · ${runWords(summary).words}`,
    address,
    `Run ${summary.runId}, started ${formatMinute(summary.startMs, 'UTC')}, ${summary.closeMs === null ? 'open for' : 'ended after'} ${lasted}.`,
    ...(pause
      ? [`Paused by ${pause.by} at ${formatMinute(pause.atMs, 'UTC')}${pause.reason ? `: ${pause.reason}` : '.'}`]
      : []),
    '',
    (whatNow ?? standing).sentence,
    ...part(
      'Failed',
      failed.map(
        ({ nodeId, failure }) => `${readBy.nodes[nodeId]?.title ?? nodeId}: ${clauseOf(failure)} (${failure?.type})`
      )
    ),
    ...part(
      'Effects',
      effects.map((entry) => `${entry.title}: ${effectWords(entry)}`)
    ),
    ...part(
      'Pending',
      live.pending.map((each) => {
        const of = each.maximumAttempts > 0 ? ` of ${each.maximumAttempts}` : '';
        const paused = each.pause ? `, paused by ${each.pause.by}` : '';
        const failure = each.lastFailure ? `: ${clauseOf(each.lastFailure)}` : '';
        return `${deedOfPending(view, each)}, attempt ${each.attempt}${of}${paused}${failure}`;
      })
    ),
    '',
  ].join('\n');
}
