'use client';

import { useId, type KeyboardEvent, type ReactNode } from 'react';
import { Button } from './button';
import { Dialog } from './dialog';

interface FormDialogProps {
  title: ReactNode;
  description?: ReactNode;
  /** What the form does, as the words of its button. */
  action: string;
  /** The words of the button that closes the dialog without doing anything. */
  leave?: string;
  pending: boolean;
  /** The form destroys something. */
  danger?: boolean;
  /** A button at the other end of the last row. */
  aside?: ReactNode;
  /** Why the form cannot be sent now. */
  disabledReason?: string | null;
  /** What has the focus when it opens; without it, the first control. */
  firstFocus?: (dialog: HTMLElement) => HTMLElement | null;
  onSubmit: () => unknown;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A dialog whose body is a form. Its last button or Enter sends the form, in a field of several lines Ctrl Enter; Esc or
 * its first button closes it.
 */
export function FormDialog({
  title,
  description,
  action,
  leave = 'Cancel',
  pending,
  danger = false,
  aside,
  disabledReason,
  firstFocus,
  onSubmit,
  onClose,
  children,
}: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={description}
      firstFocus={firstFocus}
      footer={
        <>
          {aside}
          <Button onClick={onClose}>{leave}</Button>
          <Button
            type="submit"
            form={form}
            variant={danger ? 'dangerFilled' : 'primary'}
            pending={pending}
            disabledReason={disabledReason}
          >
            {action}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-4"
        onKeyDown={sendWithCtrlEnter}
        onSubmit={(event) => {
          event.preventDefault();
          if (!pending && !disabledReason) onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}

function sendWithCtrlEnter(event: KeyboardEvent<HTMLFormElement>): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
  if (!(event.target instanceof HTMLTextAreaElement)) return;
  event.preventDefault();
  event.currentTarget.requestSubmit();
}
