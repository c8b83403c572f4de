'use client';

/** What a step calls: one activity of the catalogue, chosen from a list with search. */
import { ChevronsUpDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '@/components/ui/button';
import { KindIcon } from '@/components/canvas/kind-icon';
import { PickList, type PickItem } from '@/components/ui/pick-list';
import { Popover } from '@/components/ui/popover';
import type { Catalogue, CatalogueActivity } from '@/engine/flow/catalogue';
import { callPath, changeActivity, type CallOf } from '@/engine/flow/edit/fields';
import { byName } from '@/engine/flow/values/name-order';
import { connectionGroups } from '../../connection-groups';
import { useEditing, useField } from '../editing';
import { Frame } from '../fields/frame';
import { EFFECT_WORDS } from './words';

export function ActivityField({ nodeId, call, label }: { nodeId: string; call: CallOf; label: string }) {
  const { draft, catalogue, onEdit } = useEditing();
  const field = useField({ target: { node: nodeId }, path: [...callPath(call), 'activity'] });
  const [open, setOpen] = useState(false);
  const name = typeof field.value === 'string' ? field.value : '';
  const chosen = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  return (
    <Frame {...field} label={label} help={name === 'http.request' ? undefined : chosen?.description}>
      {(control) => (
        <Popover
          open={open}
          onOpenChange={setOpen}
          label="Operations"
          className="w-[min(24rem,calc(100vw-1rem))] p-0"
          trigger={
            <Button
              {...control}
              aria-label={`${label}: ${chosen?.title ?? name}`}
              size="md"
              className="h-auto min-h-9 w-full justify-start gap-2 whitespace-normal px-2.5 py-1 text-left font-normal"
            >
              <KindIcon node={{ kind: 'action', activity: name }} className="shrink-0" />
              <span className="min-w-0 flex-1">
                <span className="block [overflow-wrap:anywhere]">{chosen?.title ?? 'Choose what it calls'}</span>
                <span className="block font-mono text-2xs text-ink-2 [overflow-wrap:anywhere]">{name}</span>
              </span>
              <ChevronsUpDown aria-hidden className="text-mark" />
            </Button>
          }
        >
          <Activities
            chosen={name}
            onPick={(next) => {
              setOpen(false);
              if (next !== name) onEdit(changeActivity(draft, nodeId, call, next, catalogue));
            }}
          />
        </Popover>
      )}
    </Frame>
  );
}

/** Rendered only while it is open: there may be thousands. */
function Activities({ chosen, onPick }: { chosen: string; onPick: (name: string) => void }) {
  const { catalogue } = useEditing();
  const items = useMemo(() => itemsOf(catalogue), [catalogue]);
  return (
    <PickList
      label="Operations"
      placeholder="Search what it can call"
      empty="No operation matches."
      chosen={chosen}
      items={items}
      onPick={onPick}
    />
  );
}

/** By connection, what the product has itself first. */
function itemsOf(catalogue: Catalogue): PickItem[] {
  const connectionOf = connectionGroups(catalogue);
  const groupOf = (activity: CatalogueActivity) => connectionOf(activity)?.title ?? BUILT_IN;
  return Object.values(catalogue)
    .filter(({ internal }) => !internal)
    .map((activity) => ({ activity, group: groupOf(activity) }))
    .sort(
      (a, b) =>
        Number(b.group === BUILT_IN) - Number(a.group === BUILT_IN) ||
        byName(a.group, b.group) ||
        byName(a.activity.title, b.activity.title)
    )
    .map(({ activity, group }) => ({
      key: activity.name,
      label: activity.title,
      detail: activity.name,
      hint: hintOf(activity),
      group,
      words: activity.description,
      icon: <KindIcon node={{ kind: 'action', activity: activity.name }} />,
    }));
}
const BUILT_IN = 'Built in';

const hintOf = ({ effect }: CatalogueActivity): string =>
  effect === 'per-step' ? 'Effect: you say' : EFFECT_WORDS[effect].label;
