'use client';

/**
 * Archives a flow, so that nobody starts it any more, or takes that back. Says first what it means for runs and the
 * draft.
 */
import { useMutation } from '@tanstack/react-query';
import { Archive, ArchiveRestore, Ellipsis } from 'lucide-react';
import { useState } from 'react';
import type { FlowSummary } from '@/app/_contract/flows';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { useWhyNot } from '@/components/people/person';
import { Button, IconButton } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { CopyItem } from './copy-item';
import { useRefresh } from './use-refresh';
import { isArchived } from './rows';

/** The menu of a flow, on its page and in the list. */
export function FlowMenu({ flow }: { flow: FlowSummary }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`More about the flow '${flow.title}'`}>
            <Ellipsis aria-hidden />
          </IconButton>
        }
      >
        <CopyItem from={{ kind: 'copyVersion', flow: flow.name }} />
        <ArchiveFlowItem flow={flow} onAsk={() => setAsking(true)} />
      </Menu>
      {isAsking ? <ArchiveFlowDialog flow={flow} onClose={() => setAsking(false)} /> : null}
    </>
  );
}

/** `onAsk`: opens `ArchiveFlowDialog`, which must be outside of the menu. */
export function ArchiveFlowItem({ flow, onAsk }: { flow: FlowSummary; onAsk: () => void }) {
  const whyNot = useWhyNot('flows.archive', flow.name);
  const restore = useRestoreFlow(flow);
  const archived = isArchived(flow);
  return (
    <MenuItem
      icon={archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
      disabled={whyNot !== null || restore.isPending}
      description={whyNot ?? (archived ? 'It starts new runs again' : 'It starts no new runs')}
      onSelect={() => (archived ? restore.mutate() : onAsk())}
    >
      {archived ? 'Restore the flow' : 'Archive the flow…'}
    </MenuItem>
  );
}

export function RestoreFlow({ flow }: { flow: FlowSummary }) {
  const whyNot = useWhyNot('flows.unarchive', flow.name);
  const { mutate, isPending } = useRestoreFlow(flow);
  return (
    <Button pending={isPending} disabledReason={whyNot} onClick={() => mutate()}>
      <ArchiveRestore aria-hidden />
      Restore
    </Button>
  );
}

function useRestoreFlow({ name, title }: FlowSummary) {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: () => postJson<FlowSummary>(routes.unarchiveFlow(name), {}),
    onSuccess: async ({ servedVersion }) => {
      await refresh();
      toast(`'${title}' is back: new runs start with version ${servedVersion}.`);
    },
  });
}

export function ArchiveFlowDialog({ flow, onClose }: { flow: FlowSummary; onClose: () => void }) {
  const refresh = useRefresh();
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useMutation({
    meta: { shownByForm: true },
    mutationFn: () => postJson<FlowSummary>(routes.archiveFlow(flow.name), { reason }),
    onSuccess: async () => {
      await refresh();
      toast(`'${flow.title}' was archived.`);
      onClose();
    },
  });
  return (
    <FormDialog
      title={`Archive the flow '${flow.title}'?`}
      description={archiveConsequences(flow)}
      action="Archive the flow"
      pending={isPending}
      onSubmit={() => mutate()}
      onClose={onClose}
    >
      <Field
        label="Reason"
        help="It is shown in the list of versions, in the audit trail, and to whoever tries to start it."
      >
        <Textarea rows={2} maxLength={2_000} value={reason} onChange={({ target }) => setReason(target.value)} />
      </Field>
      {error ? <FailureBand failure={failureFrom(error)} /> : null}
    </FormDialog>
  );
}

export function archiveConsequences({ openRuns }: Pick<FlowSummary, 'openRuns'>): string {
  const open =
    openRuns === null
      ? 'Its open runs go on.'
      : openRuns === 0
        ? 'No run of it is open.'
        : openRuns === 1
          ? 'Its open run goes on.'
          : `Its ${openRuns} open runs go on.`;
  return `No version of it starts new runs, and it leaves the list of flows, as does its draft. ${open} Everything is kept, and it can be restored at any time.`;
}
