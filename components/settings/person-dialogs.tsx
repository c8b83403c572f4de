'use client';

/** Actions of an administrator on one person: roles and groups, a new password, deactivation. */
import { useState } from 'react';
import type { MadeLink, OwnGrant, PeopleList, PersonRow } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { CheckboxField, Field, Textarea } from '@/components/ui/field';
import { RolesField } from './roles';
import { Ticks } from './ticks';
import { useAsk } from './use-ask';

interface Props {
  person: PersonRow;
  list: PeopleList;
  onClose: () => void;
}

export function RolesDialog({ person, list, onClose }: Props) {
  const [grants, setGrants] = useState<OwnGrant[]>(person.grants);
  const [groups, setGroups] = useState(person.groups);
  const { pending, failure, ask } = useAsk();
  const save = async () => {
    if (await ask(routes.setRoles(person.id), { grants, groups })) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Roles of ${person.name}`}
      description="A change takes effect at once, also in open sessions."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <FailureBand failure={failure} /> : null}
        <RolesField grants={grants} onChange={setGrants} flows={list.flows} least={0} />
        <Ticks
          legend="Groups"
          options={list.groups.map(({ name }) => ({ value: name, label: name }))}
          chosen={groups}
          onChange={setGroups}
          none="There is no group yet."
        />
      </div>
    </Dialog>
  );
}

export function ResetDialog({ person, list, onClose, onMade }: Props & { onMade: (link: MadeLink) => void }) {
  const [mail, setMail] = useState(list.mail);
  const { pending, failure, ask } = useAsk();
  const make = async () => {
    const made = await ask<MadeLink>(routes.resetPassword(person.id), { mail });
    if (made) onMade(made);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`New password for ${person.name}`}
      description="This creates a link with which the person chooses a new password. The old password is valid until then; afterwards all their sessions end."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" pending={pending} onClick={() => void make()}>
            Create the link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <FailureBand failure={failure} /> : null}
        <CheckboxField
          label={`Mail it to ${person.email}`}
          help={list.mail ? undefined : 'No mail server is configured (BACKSTITCH_SMTP_URL).'}
          checked={mail}
          disabled={!list.mail}
          onCheckedChange={(checked) => setMail(checked === true)}
        />
      </div>
    </Dialog>
  );
}

export function DeactivateDialog({ person, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [revokeKeys, setRevokeKeys] = useState(true);
  const { pending, failure, ask } = useAsk();
  const deactivate = async () => {
    if (await ask(routes.deactivate(person.id), { reason, revokeKeys })) onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Deactivate ${person.name}?`}
      description="All their sessions end at once, and they cannot sign in until they are reactivated. Their decisions remain recorded under their name."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="dangerFilled" pending={pending} onClick={() => void deactivate()}>
            Deactivate
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {failure ? <FailureBand failure={failure} /> : null}
        <Field label="Reason" help="Kept in the audit trail.">
          <Textarea rows={2} maxLength={500} value={reason} onChange={({ target }) => setReason(target.value)} />
        </Field>
        <CheckboxField
          label="Revoke their API keys"
          help="Otherwise the keys are refused until this person is reactivated."
          checked={revokeKeys}
          onCheckedChange={(checked) => setRevokeKeys(checked === true)}
        />
      </div>
    </Dialog>
  );
}
