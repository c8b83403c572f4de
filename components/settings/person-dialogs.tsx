'use client';

/** Actions of an administrator on one person: roles and groups, a new password, the second factor, deactivation. */
import { useState } from 'react';
import type { MadeLink, OwnGrant, PeopleList, PersonRow } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { CheckboxField, Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RolesField } from './roles';
import { Ticks } from './ticks';

interface Props {
  person: PersonRow;
  list: PeopleList;
  onClose: () => void;
}

export function RolesDialog({ person, list, onClose }: Props) {
  const [grants, setGrants] = useState<OwnGrant[]>(person.grants);
  const [groups, setGroups] = useState(person.groups);
  const { pending, failure, send } = useSend(['people']);
  const save = async () => {
    if (await send(routes.setRoles(person.id), { grants, groups })) onClose();
  };
  return (
    <FormDialog
      title={`Roles of ${person.name}`}
      description="A change takes effect at once, also in open sessions."
      action="Save"
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <RolesField grants={grants} onChange={setGrants} flows={list.flows} least={0} />
      <Ticks
        legend="Groups"
        options={list.groups.map(({ name }) => ({ value: name, label: name }))}
        chosen={groups}
        onChange={setGroups}
        none="There is no group yet."
      />
    </FormDialog>
  );
}

export function ResetDialog({ person, list, onClose, onMade }: Props & { onMade: (link: MadeLink) => void }) {
  const [mail, setMail] = useState(list.mail);
  const { pending, failure, send } = useSend(['people']);
  const make = async () => {
    const made = await send<MadeLink>(routes.resetPassword(person.id), { mail });
    if (made) onMade(made);
  };
  return (
    <FormDialog
      title={`New password for ${person.name}`}
      description="This creates a link with which the person chooses a new password. The old password is valid until then; afterwards all their sessions end."
      action="Create the link"
      pending={pending}
      onSubmit={() => void make()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <CheckboxField
        label={`Mail it to ${person.email}`}
        help={list.mail ? undefined : 'No mail server is configured (BACKSTITCH_SMTP_URL).'}
        checked={mail}
        disabled={!list.mail}
        onCheckedChange={(checked) => setMail(checked === true)}
      />
    </FormDialog>
  );
}

export function SecondFactorDialog({ person, list, onClose }: Props) {
  const { pending, failure, send } = useSend(['people']);
  const remove = async () => {
    if (await send(routes.removeSecondFactor(person.id), {})) onClose();
  };
  return (
    <FormDialog
      title={`Take away the second factor of ${person.name}?`}
      description={`For somebody who lost the phone. ${
        list.secondFactorRule.forAll
          ? 'They then sign in with the password and must set up another one before anything else'
          : 'They then sign in with the password alone, until they turn it on again'
      }; their app, recovery codes, passkeys and trusted browsers stop working. Make sure that it is they who ask.`}
      action="Take it away"
      pending={pending}
      danger
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      <p className="text-sm text-ink-2">
        {list.secondFactorRule.forAll ? 'Their open pages lead them to it as well.' : 'Their open sessions go on.'} If
        the phone was stolen together with the password, create a link for a new password as well.
      </p>
    </FormDialog>
  );
}

export function DeactivateDialog({ person, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [revokeKeys, setRevokeKeys] = useState(true);
  const { pending, failure, send } = useSend(['people']);
  const deactivate = async () => {
    if (await send(routes.deactivate(person.id), { reason, revokeKeys })) onClose();
  };
  return (
    <FormDialog
      title={`Deactivate ${person.name}?`}
      description="All their sessions end at once, and they cannot sign in until they are reactivated. Their decisions remain recorded under their name."
      action="Deactivate"
      pending={pending}
      danger
      onSubmit={() => void deactivate()}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
