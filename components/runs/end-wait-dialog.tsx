'use client';

/**
 * An operator ends a wait of a run that turns back: for the answer to a request that was sent, or for the time within
 * which late calls settle. The outcome is unknown then, and the policy of the step decides what happens.
 */
import { routes } from '@/app/_contract/routes';
import type { Receipt } from '@/app/_contract/runs';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import type { EndableWait } from '@/engine/saga/contract';
import { useReason } from './reason-field';
import { answeredMeanwhile, Meanwhile, useRunDialog } from './run-dialogs';
import type { RunView } from './run-view';
import { afterWait } from '@/engine/run-view/stopping';

/** The wait for this step that an operator may end now; undefined if there is none. */
export function endableWait({ live }: Pick<RunView, 'live'>, stepId: string | null): EndableWait | undefined {
  if (live.summary.closeMs !== null) return undefined;
  return live.nodes?.endable?.find((wait) => wait.activityId === stepId);
}

/**
 * The only wait that an operator may end now, for the band under the header: of several, each effect in the ledger has
 * its own button, since the band could not say which of them its button means.
 */
export function onlyWait(view: Pick<RunView, 'live'>): EndableWait | undefined {
  const [wait, ...others] = view.live.nodes?.endable ?? [];
  return others.length === 0 ? endableWait(view, wait?.activityId ?? null) : undefined;
}

/** The button with its dialog. */
export function EndWaitAct({ view, wait, size = 'md' }: { view: RunView; wait: EndableWait; size?: 'sm' | 'md' }) {
  const open = useRunDialog();
  return (
    <Button
      size={size}
      disabledReason={view.undecided}
      onClick={() => open((now, close) => <EndWaitDialog view={now} wait={wait} onClose={close} />)}
    >
      End the wait…
    </Button>
  );
}

function EndWaitDialog({ view, wait, onClose }: { view: RunView; wait: EndableWait; onClose: () => void }) {
  const { workflowId, runId } = view.live.summary;
  const { nodeId, activityId, role } = wait;
  const title = view.readBy.nodes[nodeId]?.title ?? nodeId;
  const reason = useReason({ required: true });
  const { pending, failure, send } = useSend();
  const meanwhile = pending || endableWait(view, activityId) ? null : answeredMeanwhile(view, activityId);
  const submit = async () => {
    if (!reason.isGiven()) return;
    const receipt = await send<Receipt>(routes.decideOutcome(workflowId, runId), {
      nodeId: activityId,
      choice: 'endWait',
      reason: reason.text,
    });
    if (!receipt) return;
    toast.success(`The wait for '${title}' was ended.`, { description: `Decided by ${receipt.by}.` });
    onClose();
  };
  const waitsFor =
    role === 'do'
      ? 'Its request was sent, and the run waits for the answer before it undoes anything.'
      : 'The run waits until a late call of this step has taken effect or is lost.';
  return (
    <FormDialog
      title={`End the wait for '${title}'?`}
      description={`${waitsFor} ${afterWait(wait, view.readBy)}`}
      action="End the wait"
      leave="Keep waiting"
      pending={pending}
      disabledReason={view.undecided ?? meanwhile}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {reason.field}
      <Meanwhile text={meanwhile} />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
