'use client';

/** Settings, Groups: people whom an approval can name together, and who can have roles together. */
import { Plus, Users } from 'lucide-react';
import { useState } from 'react';
import type { GroupRow, OwnGrant, PeopleList } from '@/app/_contract/people';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { EmptyState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { RoleBadges, RolesField } from './roles';
import { Ticks } from './ticks';
import { useRows } from '@/components/ui/use-rows';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next group, previous group' },
  { keys: ['Enter'], does: 'Change the group' },
  { keys: ['Esc'], does: 'Leave the row' },
];
const NEW: GroupRow = { name: '', members: [], grants: [] };

export function GroupsPage({ prefetched }: { prefetched: Prefetched<PeopleList> }) {
  const { data, failure, readAtMs, retry } = useList('people', routes.people(), prefetched);
  const away = useAway();
  const [changed, setChanged] = useState<GroupRow | null>(null);
  const rows = useRows({ keys: KEYS });
  const add = (
    <Button
      variant="primary"
      disabledReason={away?.reason ?? (data ? null : 'The list could not be read.')}
      onClick={() => setChanged(NEW)}
    >
      <Plus aria-hidden />
      New group
    </Button>
  );
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <h1 className="text-xl font-semibold">Groups</h1>
        {data?.groups.length ? <div className="ml-auto">{add}</div> : null}
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data ? (
        <Card>
          <div ref={rows} data-rows>
            {data.groups.length === 0 ? (
              <EmptyState icon={<Users aria-hidden />} title="No group yet" action={add}>
                An approval that names a group can be decided by any of its members. All members have the roles of the
                group.
              </EmptyState>
            ) : (
              <ul className="divide-y divide-hairline">
                {data.groups.map((group) => (
                  <li
                    key={group.name}
                    className="grid gap-x-4 gap-y-1 px-4 py-2.5 md:grid-cols-[minmax(0,1fr)_minmax(0,2fr)_minmax(0,1fr)] md:items-center"
                  >
                    <button
                      type="button"
                      data-row
                      onClick={() => setChanged(group)}
                      className="max-w-full truncate justify-self-start rounded-sm text-left text-sm font-medium underline-offset-2 hover:underline"
                    >
                      {group.name}
                    </button>
                    <p className="truncate text-sm text-ink-2">
                      {group.members.length === 0 ? 'No members yet' : group.members.map(({ name }) => name).join(', ')}
                    </p>
                    <RoleBadges grants={group.grants} none="No roles" />
                  </li>
                ))}
              </ul>
            )}
          </div>
        </Card>
      ) : null}
      {data && changed ? <GroupDialog group={changed} list={data} onClose={() => setChanged(null)} /> : null}
    </>
  );
}

function GroupDialog({ group, list, onClose }: { group: GroupRow; list: PeopleList; onClose: () => void }) {
  const fresh = group.name === '';
  const [name, setName] = useState(group.name);
  const [members, setMembers] = useState(group.members.map(({ id }) => id));
  const [grants, setGrants] = useState<OwnGrant[]>(group.grants);
  const [removing, setRemoving] = useState(false);
  const { pending, failure, send } = useSend(['people']);
  const taken = fresh && list.groups.some((each) => each.name === name.trim());
  const problem = taken
    ? 'There is already a group of this name.'
    : failure?.problems?.find(({ at }) => at === '/name')?.message;
  const save = async () => {
    if (taken) return;
    if (await send(routes.putGroup(), { name, members, grants })) onClose();
  };
  if (removing) return <RemoveDialog group={group} onKeep={() => setRemoving(false)} onClose={onClose} />;
  return (
    <FormDialog
      title={fresh ? 'New group' : `Group ${group.name}`}
      description="Approvals name the group as a candidate with exactly this name."
      action="Save"
      aside={
        fresh ? null : (
          <Button variant="danger" className="mr-auto" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        )
      }
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !problem ? <FailureBand failure={failure} /> : null}
      {fresh ? (
        <Field label="Name" required error={problem}>
          <Input autoComplete="off" maxLength={63} value={name} onChange={({ target }) => setName(target.value)} />
        </Field>
      ) : null}
      <Ticks
        legend="Members"
        options={list.people
          .filter(({ id, deactivatedMs }) => !deactivatedMs || members.includes(id))
          .map((person) => ({ value: person.id, label: person.name, help: person.email }))}
        chosen={members}
        onChange={setMembers}
        none="There are no people yet."
      />
      <RolesField grants={grants} onChange={setGrants} flows={list.flows} least={0} />
    </FormDialog>
  );
}

function RemoveDialog({ group, onKeep, onClose }: { group: GroupRow; onKeep: () => void; onClose: () => void }) {
  const { pending, failure, send } = useSend(['people']);
  const remove = async () => {
    if (await send(routes.removeGroup(group.name), {})) onClose();
  };
  return (
    <FormDialog
      title={`Remove the group ${group.name}?`}
      description="Its members lose its roles. Approvals that name it can then be decided only by their other candidates."
      action="Remove the group"
      leave="Keep the group"
      pending={pending}
      danger
      onSubmit={() => void remove()}
      onClose={onKeep}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
