'use client';

/** What a step calls: one activity of the catalogue, chosen from a list with search. */
import { ChevronsUpDown } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { KindIcon } from '@/components/canvas/kind-icon';
import { PickList } from '@/components/ui/pick-list';
import { Popover } from '@/components/ui/popover';
import type { CatalogueActivity } from '@/engine/flow/catalogue';
import { callPath, changeActivity, type CallOf } from '@/engine/flow/edit/fields';
import { useEditing, useField } from '../editing';
import { Frame } from '../fields/frame';
import { EFFECT_WORDS } from './words';

export function ActivityField({ nodeId, call, label }: { nodeId: string; call: CallOf; label: string }) {
  const { draft, catalogue, onEdit } = useEditing();
  const field = useField({ target: { node: nodeId }, path: [...callPath(call), 'activity'] });
  const [open, setOpen] = useState(false);
  const name = typeof field.value === 'string' ? field.value : '';
  const chosen = Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  const offered = Object.values(catalogue)
    .filter(({ internal }) => !internal)
    .sort((a, b) => groupOf(a).localeCompare(groupOf(b)));
  return (
    <Frame {...field} label={label} help={name === 'http.request' ? undefined : chosen?.description}>
      {(control) => (
        <Popover
          open={open}
          onOpenChange={setOpen}
          label="Activities"
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
          <PickList
            label="Activities"
            placeholder="Search what it can call"
            empty="No activity matches."
            chosen={name}
            items={offered.map((activity) => ({
              key: activity.name,
              label: activity.title,
              detail: activity.name,
              hint: hintOf(activity),
              group: groupOf(activity),
              words: activity.description,
              icon: <KindIcon node={{ kind: 'action', activity: activity.name }} />,
            }))}
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

/** Operations of a connection are named after it. */
const groupOf = ({ name, sha }: CatalogueActivity): string =>
  sha === undefined ? 'Built in' : `Operations of ${name.split('.')[0]}`;

const hintOf = ({ effect }: CatalogueActivity): string =>
  effect === 'per-step' ? 'Effect: you say' : EFFECT_WORDS[effect].label;
