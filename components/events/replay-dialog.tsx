'use client';

/** Where a subscription goes on: at a time, at an event of the list, or after what waits. */
import { useState } from 'react';
import type { EventDelivery, Replay } from '@/app/_contract/events';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RadioList } from '@/components/ui/radio-list';
import { fromField, toField } from '@/components/run-list/started';
import { useZone, zoneWords } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

const HOUR_MS = 3_600_000;

export function ReplayDialog({
  id,
  delivery,
  onClose,
}: {
  id: string;
  /** From this event on; null: the person chooses. */
  delivery: EventDelivery | null;
  onClose: () => void;
}) {
  const zone = useZone();
  const [what, setWhat] = useState<'time' | 'now'>('time');
  // The dialog is opened in the browser.
  const [atMs, setAtMs] = useState<number | null>(() => Math.floor((Date.now() - HOUR_MS) / 60_000) * 60_000);
  const [problem, setProblem] = useState<string | null>(null);
  const { pending, failure, send } = useSend(['events']);
  const submit = async () => {
    if (!delivery && what === 'time' && atMs === null) {
      setProblem('Choose a time.');
      return;
    }
    const from: Replay['from'] = delivery
      ? { kind: 'delivery', id: delivery.id }
      : what === 'time' && atMs !== null
        ? { kind: 'time', atMs }
        : { kind: 'now' };
    if (!(await send(routes.replayEvents(id), { from }))) return;
    toast.success(from.kind === 'now' ? 'What waited is left out.' : 'Events are sent again.');
    onClose();
  };
  return (
    <FormDialog
      title={delivery ? 'Send again from this event on?' : 'Replay'}
      description={
        delivery
          ? `'${delivery.kind}' and everything after it is sent again, with the same ids. A receiver that remembers ids does nothing twice.`
          : 'What was sent before is sent again with the same ids. A receiver that remembers ids does nothing twice.'
      }
      action={delivery || what === 'time' ? 'Send again' : 'Leave out what waits'}
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      {delivery ? null : (
        <>
          <RadioList
            legend="From"
            value={what}
            onChange={setWhat}
            options={[
              {
                value: 'time',
                label: 'From a time on',
                description: 'Everything that happened since, as far as it is kept: runs for a week.',
              },
              { value: 'now', label: 'From now on', description: 'What waits is never sent.' },
            ]}
          />
          {what === 'time' ? (
            <Field label="Time" required error={problem} help={zoneWords(zone)}>
              <Input
                type="datetime-local"
                value={toField(atMs, zone)}
                onChange={({ target }) => {
                  setAtMs(fromField(target.value, zone));
                  setProblem(null);
                }}
              />
            </Field>
          ) : null}
        </>
      )}
    </FormDialog>
  );
}
