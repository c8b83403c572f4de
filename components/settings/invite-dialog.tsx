'use client';

import { useState } from 'react';
import type { MadeLink, OwnGrant, PeopleList } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { CheckboxField, Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { RolesField } from './roles';
import { Ticks } from './ticks';

export function InviteDialog({
  list,
  onMade,
  onClose,
}: {
  list: PeopleList;
  onMade: (link: MadeLink) => void;
  onClose: () => void;
}) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [grants, setGrants] = useState<OwnGrant[]>([{ role: 'viewer', flow: null }]);
  const [groups, setGroups] = useState<string[]>([]);
  const [mail, setMail] = useState(list.mail);
  const { pending, failure, send } = useSend(['people']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const submit = async () => {
    const made = await send<MadeLink>(routes.invite(), { email: email.trim(), name, grants, groups, mail });
    if (made) onMade(made);
  };
  return (
    <FormDialog
      title="Invite somebody"
      description="This creates a link. The person opens it and chooses a password."
      action={mail ? 'Create and mail the link' : 'Create the link'}
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {failure && !problem('/email') ? <FailureBand failure={failure} /> : null}
      <Field label="E-mail" required error={problem('/email')}>
        <Input type="email" autoComplete="off" value={email} onChange={({ target }) => setEmail(target.value)} />
      </Field>
      <Field label="Name" help="The person can change it.">
        <Input autoComplete="off" maxLength={120} value={name} onChange={({ target }) => setName(target.value)} />
      </Field>
      <RolesField grants={grants} onChange={setGrants} flows={list.flows} />
      {list.groups.length ? (
        <Ticks
          legend="Groups"
          options={list.groups.map((group) => ({ value: group.name, label: group.name }))}
          chosen={groups}
          onChange={setGroups}
          none=""
        />
      ) : null}
      <CheckboxField
        label="Also send the link by mail"
        help={list.mail ? undefined : 'No mail server is configured (BACKSTITCH_SMTP_URL).'}
        checked={mail}
        disabled={!list.mail}
        onCheckedChange={(checked) => setMail(checked === true)}
      />
    </FormDialog>
  );
}
