'use client';

import { Columns3 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import type { SearchableField } from '@/engine/flow/searchable';
import { isShown, optionalColumns, type ColumnChoice as Chosen } from './columns';

export interface ColumnChoiceProps {
  columns: Chosen;
  onColumns: (columns: Chosen) => void;
  /** Each can be a column. */
  fields: readonly SearchableField[];
}

export function ColumnChoice({ columns, onColumns, fields }: ColumnChoiceProps) {
  return (
    <Popover
      label="Columns"
      align="end"
      className="max-h-(--radix-popover-content-available-height) w-56 overflow-y-auto"
      trigger={
        <Button variant="ghost" aria-label="Columns">
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <div className="flex flex-col gap-2">
        {optionalColumns(fields).map(({ id, label }) => (
          <CheckboxField
            key={id}
            label={label}
            checked={isShown(id, columns)}
            onCheckedChange={(checked) => onColumns({ ...columns, [id]: checked === true })}
          />
        ))}
      </div>
    </Popover>
  );
}
