'use client';

/**
 * A revision before it goes live: the check against the open runs, then the button that says what going live does. If
 * runs would break, the person accepts how many before the button works.
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { GateReport, GoLive, StartGate } from '@/app/_contract/gates';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import { Dialog } from '@/components/ui/dialog';
import { FormDialog } from '@/components/ui/form-dialog';
import { GateView } from './gate-view';
import { useGate } from './use-gate';
import { actionOf, consequenceOf, runsOf, unansweredOf } from './words';

interface GateDialogProps {
  flow: string;
  title: ReactNode;
  /** What is checked; the check begins when the dialog opens. */
  wish: StartGate;
  /** The reason that was written before. */
  note?: string;
  onLive?: (report: GateReport) => void;
  onClose: () => void;
}

export function GateDialog({ flow, title, wish, note: written = '', onLive, onClose }: GateDialogProps) {
  const { report, pending, failure, unanswered, start, goLive } = useGate(flow);
  const [note, setNote] = useState(written);
  const [accepted, setAccepted] = useState(false);
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    void start(wish);
  }, [start, wish]);

  if (report?.phase === 'live') return <Live report={report} onClose={onClose} />;
  const breaking = report?.breaking ?? 0;
  const isChecked = report?.phase === 'checked';
  const whyNot = !isChecked
    ? report
      ? 'The check has not ended with a result.'
      : 'The revision is not checked yet.'
    : breaking > 0 && !accepted
      ? 'Runs would break. Say that they keep their revision, or close this and change the draft.'
      : null;
  const submit = async () => {
    const body: GoLive = { note: note.trim(), breaking, ...(wish.draft ? { draft: wish.draft } : {}) };
    const live = await goLive(body);
    setAccepted(false);
    if (live) onLive?.(live);
  };
  return (
    <FormDialog
      title={title}
      description="Every open run of the version is replayed on the new code. Nothing changes before you put it live."
      action={isChecked && report ? actionOf(report) : 'Put live'}
      pending={pending || report?.phase === 'checking'}
      disabledReason={whyNot}
      onSubmit={submit}
      onClose={onClose}
    >
      {failure ? (
        <FailureBand
          failure={unanswered && report ? { ...failure, ...unansweredOf(report) } : failure}
          onRetry={report ? undefined : () => void start(wish)}
        />
      ) : null}
      {report ? (
        <>
          {report.changes.length > 0 ? <Changes report={report} /> : null}
          <GateView report={report} />
        </>
      ) : failure ? null : (
        <p className="text-sm text-ink-2" role="status">
          Generating and checking the code…
        </p>
      )}
      {isChecked && report ? (
        <>
          {breaking > 0 ? (
            <label className="flex items-start gap-2 text-sm">
              <input
                type="checkbox"
                checked={accepted}
                onChange={({ target }) => setAccepted(target.checked)}
                className="mt-1 size-3.5 accent-(--ink)"
              />
              <span>
                {runsOf(breaking)} may keep the revision that {breaking === 1 ? 'it has' : 'they have'}.
              </span>
            </label>
          ) : null}
          <Field label="What changed, and why" help="People see it in the list of versions.">
            <Textarea rows={2} maxLength={2_000} value={note} onChange={({ target }) => setNote(target.value)} />
          </Field>
          <p className="text-sm text-ink-2">{consequenceOf(report)}</p>
        </>
      ) : null}
    </FormDialog>
  );
}

function Changes({ report: { changes, live } }: { report: GateReport }) {
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-ink-2">
        {changes.length === 1 ? '1 change' : `${changes.length} changes`} compared with {live}
      </summary>
      <ul className="mt-1 list-disc pl-4 text-xs">
        {changes.map(({ nodeId, message }) => (
          <li key={`${nodeId} ${message}`}>{message}</li>
        ))}
      </ul>
    </details>
  );
}

function Live({ report, onClose }: { report: GateReport; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${report.revision} is live`}
      description={consequenceOf(report)}
      footer={
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      }
    />
  );
}
