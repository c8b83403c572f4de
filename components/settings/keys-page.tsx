'use client';

/** Settings, Keys: API keys for programs, which work for REST and for the engine's gRPC. */
import { KeyRound, Plus } from 'lucide-react';
import { useState } from 'react';
import type { KeyList, KeyRow, MadeKey, OwnGrant } from '@/app/_contract/people';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { useAway } from '@/components/runs/use-away';
import { Button } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { EmptyState } from '@/components/ui/states';
import { Badge, Card } from '@/components/ui/surface';
import { RelativeTime, useNow } from '@/components/ui/time';
import { OnceDialog } from './once';
import { RoleBadges, RolesField } from './roles';
import { useRows } from '@/components/ui/use-rows';

const KEYS = [
  { keys: ['j', 'k'], does: 'Next key, previous key' },
  { keys: ['Enter'], does: 'Revoke the key' },
  { keys: ['Esc'], does: 'Leave the row' },
];

export function KeysPage({ prefetched }: { prefetched: Prefetched<KeyList> }) {
  const { data, failure, readAtMs, retry } = useList('people', routes.keys(), prefetched);
  const away = useAway();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const [revoking, setRevoking] = useState<KeyRow | null>(null);
  const rows = useRows({ keys: KEYS });
  const add = (
    <Button
      variant="primary"
      disabledReason={
        away?.reason ?? (data && !failure ? null : 'The keys are stored in the engine, which does not answer now.')
      }
      onClick={() => setMaking(true)}
    >
      <Plus aria-hidden />
      New key
    </Button>
  );
  return (
    <>
      <header className="flex flex-wrap items-center gap-3">
        <div>
          <h1 className="text-xl font-semibold">Keys</h1>
          <p className="text-sm text-ink-2">
            For programs. Actions with a key are recorded under the name of its owner, and a key never allows more than
            its owner may do.
          </p>
        </div>
        {data?.keys.length ? <div className="ml-auto">{add}</div> : null}
      </header>
      {failure ? <FailureBand failure={failure} asOfMs={data ? readAtMs : null} onRetry={retry} /> : null}
      {data ? (
        <Card>
          <div ref={rows} data-rows>
            {data.keys.length === 0 ? (
              <EmptyState icon={<KeyRound aria-hidden />} title="No key yet" action={add}>
                A program needs a key to reach Backstitch from another machine, to publish flows, or to decide
                approvals.
              </EmptyState>
            ) : (
              <ul className="divide-y divide-hairline">
                {data.keys.map((key) => (
                  <OneKey key={key.id} row={key} onRevoke={setRevoking} />
                ))}
              </ul>
            )}
          </div>
        </Card>
      ) : null}
      {data && making ? (
        <NewKey
          list={data}
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
          }}
        />
      ) : null}
      {data && made ? <KeyMade made={made} list={data} onClose={() => setMade(null)} /> : null}
      {revoking ? <RevokeDialog row={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

function OneKey({ row, onRevoke }: { row: KeyRow; onRevoke: (row: KeyRow) => void }) {
  const now = useNow();
  const over = row.expiresMs !== null && now !== null && row.expiresMs <= now;
  return (
    <li className="flex items-center gap-x-4 px-4 py-2.5">
      <div className="grid min-w-0 flex-1 gap-x-4 gap-y-1 md:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_minmax(0,1.5fr)] md:items-center">
        <div className="min-w-0">
          <p className="flex items-baseline gap-1.5 text-sm font-medium">
            <span className="min-w-0 truncate">{row.name}</span>
            <span className="shrink-0 font-mono text-xs font-normal text-ink-2">…{row.ending}</span>
          </p>
          <p className="truncate text-xs text-ink-2">
            of {row.owner.name}, created <RelativeTime atMs={row.createdMs} />
          </p>
        </div>
        <div className="flex flex-wrap items-center gap-1">
          {row.revokedMs ? <Badge>Revoked</Badge> : over ? <Badge>Expired</Badge> : null}
          {!row.revokedMs && row.ownerInactive ? <Badge>Its owner is deactivated</Badge> : null}
          <RoleBadges grants={row.grants} />
        </div>
        <p className="text-xs text-ink-2">
          {row.lastUsedMs ? <RelativeTime prefix="used " atMs={row.lastUsedMs} /> : 'never used'}
          {' · '}
          {row.revokedMs ? (
            <>
              revoked <RelativeTime atMs={row.revokedMs} /> by {row.revokedBy}
            </>
          ) : row.expiresMs ? (
            <RelativeTime prefix={over ? 'ended ' : 'ends '} atMs={row.expiresMs} />
          ) : (
            'does not expire'
          )}
        </p>
      </div>
      <Button
        size="sm"
        data-row
        aria-label={`Revoke the key ${row.name}`}
        disabledReason={row.revokedMs ? 'This key is already revoked.' : null}
        onClick={() => onRevoke(row)}
      >
        Revoke
      </Button>
    </li>
  );
}

const ENDS = [
  { value: '7', label: 'In a week' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
  { value: 'never', label: 'Never' },
];

function NewKey({ list, onClose, onMade }: { list: KeyList; onClose: () => void; onMade: (made: MadeKey) => void }) {
  const [name, setName] = useState('');
  const [grants, setGrants] = useState<OwnGrant[]>([{ role: 'operator', flow: null }]);
  const [ends, setEnds] = useState('90');
  const { pending, failure, send } = useSend(['people']);
  const problem = failure?.problems?.find(({ at }) => at === '/name')?.message ?? null;
  const make = async () => {
    const made = await send<MadeKey>(routes.keys(), { name, grants, days: ends === 'never' ? null : Number(ends) });
    if (made) onMade(made);
  };
  return (
    <FormDialog
      title="New key"
      description="The key belongs to you: actions with it are recorded under your name."
      action="Create the key"
      pending={pending}
      onSubmit={() => void make()}
      onClose={onClose}
    >
      {failure && !problem ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required help="Which program uses it, and where." error={problem}>
        <Input autoComplete="off" maxLength={100} value={name} onChange={({ target }) => setName(target.value)} />
      </Field>
      <RolesField grants={grants} onChange={setGrants} flows={list.flows} />
      <Field label="Expires" required>
        <Select options={ENDS} value={ends} onValueChange={setEnds} />
      </Field>
    </FormDialog>
  );
}

function KeyMade({ made, list, onClose }: { made: MadeKey; list: KeyList; onClose: () => void }) {
  return (
    <OnceDialog
      title={`The key '${made.key.name}'`}
      description="It is shown only once. Store it where the program can read it, for example in a secret of its deployment."
      label="Key"
      text={made.secret}
      onClose={onClose}
    >
      <p className="text-sm text-ink-2">
        With the Temporal client or CLI: <code className="font-mono text-xs">TEMPORAL_API_KEY</code>, address{' '}
        <code className="font-mono text-xs">{list.engineAddress}</code>. Over REST:{' '}
        <code className="font-mono text-xs">Authorization: Bearer …</code>
      </p>
    </OnceDialog>
  );
}

function RevokeDialog({ row, onClose }: { row: KeyRow; onClose: () => void }) {
  const { pending, failure, send } = useSend(['people']);
  const revoke = async () => {
    if (await send(routes.revokeKey(row.id), {})) onClose();
  };
  return (
    <FormDialog
      title={`Revoke '${row.name}'?`}
      description="New calls with this key are refused, and open calls end. This cannot be undone, but a new key can be created."
      action="Revoke the key"
      leave="Keep the key"
      pending={pending}
      danger
      onSubmit={() => void revoke()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
