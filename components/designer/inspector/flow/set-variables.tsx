'use client';

/** The variables that a step or an update sets. */
import { Plus, X } from 'lucide-react';
import { Button, IconButton } from '@/components/ui/button';
import { Menu, MenuItem } from '@/components/ui/menu';
import type { JsonSchema } from '@/engine/flow/document';
import type { Json } from '@/engine/flow/edit/draft';
import { fieldsOf } from '@/engine/run-view/fields';
import { useEditing, useField } from '../editing';
import { ValueField } from '../expressions/value-field';
import { Help, ProblemLines } from '../fields/frame';
import { FIELD_ATTRIBUTE, within, type Place } from '../place';
import { entriesOf } from './entries';

/** `fresh`: the first value of a variable that is added. */
export function SetVariables({ place, fresh }: { place: Place; fresh: Json }) {
  const { draft } = useEditing();
  const field = useField(place);
  const values = entriesOf(field.value);
  const variables = fieldsOf(draft.flow.variables);
  const unset = Object.keys(variables).filter((name) => !values.some(([each]) => each === name));
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }} className="flex flex-col gap-3">
      {field.problems.length > 0 ? <ProblemLines problems={field.problems} /> : null}
      {Object.keys(variables).length === 0 ? <Help>The flow has no variables yet.</Help> : null}
      {values.map(([name]) => (
        <ValueField
          key={name}
          label={<span className="font-mono">{name}</span>}
          place={within(place, name)}
          schema={(fieldsOf(variables[name]).schema as JsonSchema | undefined) ?? undefined}
          action={
            <IconButton
              size="sm"
              label={`Do not set ${name}`}
              onClick={() => field.set(Object.fromEntries(values.filter(([each]) => each !== name)))}
            >
              <X aria-hidden />
            </IconButton>
          }
        />
      ))}
      {unset.length > 0 ? (
        <Menu
          align="start"
          trigger={
            <Button size="sm" className="self-start">
              <Plus aria-hidden />
              Set a variable
            </Button>
          }
        >
          {unset.map((name) => (
            <MenuItem key={name} onSelect={() => field.set({ ...Object.fromEntries(values), [name]: fresh })}>
              <span className="font-mono text-xs">{name}</span>
            </MenuItem>
          ))}
        </Menu>
      ) : null}
    </div>
  );
}
