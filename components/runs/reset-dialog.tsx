'use client';

/**
 * 'Reset to here': lists, before the person confirms, what the new run takes over, what happens a second time, and which
 * messages are delivered again.
 */
import { History } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { pages, routes } from '@/app/_contract/routes';
import type { ResetDone } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useWhyNot } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { countOf } from '@/components/words';
import { previewReset, type ResetPreview } from '@/engine/run-view/reset-preview';
import { EffectList, EffectRow } from './effect-list';
import { useReason } from './reason-field';
import { useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';

const previewOf = ({ live, projection, readBy }: RunView, nodeId: string): ResetPreview | null =>
  previewReset(nodeId, { events: live.events, ledger: projection.ledger, manifest: readBy });

/** Nothing where no event of the history belongs to the step. */
export function ResetAct({ view, nodeId }: { view: RunView; nodeId: string }) {
  const openDialog = useRunDialog();
  const whyNot = useWhyNot('runs.reset', view.live.summary.flow);
  const preview = previewOf(view, nodeId);
  if (!preview) return null;
  return (
    <Button
      size="sm"
      disabledReason={whyNot ?? view.past ?? view.away?.reason ?? preview.whyNot}
      onClick={() => openDialog((now, close) => <ResetDialog view={now} nodeId={nodeId} onClose={close} />)}
    >
      <History aria-hidden />
      Reset to here…
    </Button>
  );
}

function ResetDialog({ view, nodeId, onClose }: { view: RunView; nodeId: string; onClose: () => void }) {
  const router = useRouter();
  const { workflowId, runId, closeMs } = view.live.summary;
  const reason = useReason({ required: true });
  const [signals, setSignals] = useState(true);
  const [updates, setUpdates] = useState(true);
  const { pending, failure, send } = useSend();
  const preview = previewOf(view, nodeId);
  const title = view.readBy.nodes[nodeId]?.title ?? nodeId;
  const submit = async () => {
    if (!reason.isGiven() || !preview) return;
    const { eventId } = preview;
    const body = { eventId, reason: reason.text.trim(), signals, updates };
    const done = await send<ResetDone>(routes.reset(workflowId, runId), body);
    if (!done) return;
    toast.success('The run was reset. This is the new run.');
    onClose();
    router.push(pages.run(workflowId, done.runId));
  };
  return (
    <FormDialog
      title={`Reset to '${title}'?`}
      description={
        closeMs === null
          ? 'This run ends at once and undoes nothing. A new run takes over what was done before this step and goes on from here.'
          : 'A new run takes over what was done before this step and goes on from here.'
      }
      action={
        preview && preview.twice.length > 0
          ? `Reset: ${countOf(preview.twice.length, 'effect')} may happen twice`
          : 'Reset'
      }
      pending={pending}
      danger={Boolean(preview && preview.twice.length > 0)}
      disabledReason={view.away?.reason ?? (preview ? preview.whyNot : 'The step is not in the history.')}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {preview ? <Consequences preview={preview} /> : null}
      {preview && preview.signals.length > 0 ? (
        <CheckboxField
          label={`Deliver again: ${namesOf(preview.signals)}`}
          help="Signals that came after this step."
          checked={signals}
          onCheckedChange={(checked) => setSignals(checked === true)}
        />
      ) : null}
      {preview && preview.updates.length > 0 ? (
        <CheckboxField
          label={`Apply again: ${namesOf(preview.updates)}`}
          help="Updates that came after this step."
          checked={updates}
          onCheckedChange={(checked) => setUpdates(checked === true)}
        />
      ) : null}
      {reason.field}
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

function Consequences({ preview: { kept, twice, again, unknown, decisions } }: { preview: ResetPreview }) {
  const others = [
    again.length > 0 ? `Also done again: ${listed(again)}.` : '',
    unknown.length > 0
      ? `Under way at that point, and not sent again: ${listed(unknown)}. The new run does not know the outcome.`
      : '',
    decisions > 0 ? `${countOf(decisions, 'decision')} of people came later. They are asked again.` : '',
  ].filter(Boolean);
  return (
    <>
      {twice.length > 0 ? (
        <EffectList title="Remains, and may happen a second time">
          {twice.map((entry) => (
            <EffectRow key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </EffectList>
      ) : null}
      {kept.length > 0 ? (
        <EffectList title="Taken over by the new run, not done again">
          {kept.map((entry) => (
            <EffectRow key={entry.activityId} number={null} entry={entry} text={entry.title} />
          ))}
        </EffectList>
      ) : null}
      {twice.length === 0 ? <p className="text-sm">No effect happens a second time.</p> : null}
      {others.map((words) => (
        <p key={words} className="text-sm text-ink-2">
          {words}
        </p>
      ))}
    </>
  );
}

const MOST_NAMED = 6;
function listed(titles: readonly string[]): string {
  const more = titles.length > MOST_NAMED ? ` and ${titles.length - MOST_NAMED} more` : '';
  return titles.slice(0, MOST_NAMED).join(', ') + more;
}
const namesOf = (messages: ResetPreview['signals']): string =>
  messages.map(({ name, count }) => (count > 1 ? `${name} (${count} times)` : name)).join(', ');
