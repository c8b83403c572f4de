'use client';

import { Columns3 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CheckboxField } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { OPTIONAL_COLUMNS, type ColumnId } from './columns';

export interface ColumnChoiceProps {
  columns: Partial<Record<ColumnId, boolean>>;
  onColumns: (columns: Partial<Record<ColumnId, boolean>>) => void;
}

export function ColumnChoice({ columns, onColumns }: ColumnChoiceProps) {
  return (
    <Popover
      label="Columns"
      align="end"
      className="w-48"
      trigger={
        <Button variant="ghost" aria-label="Columns">
          <Columns3 aria-hidden />
        </Button>
      }
    >
      <div className="flex flex-col gap-2">
        {OPTIONAL_COLUMNS.map(({ id, label }) => (
          <CheckboxField
            key={id}
            label={label}
            checked={columns[id] !== false}
            onCheckedChange={(checked) => onColumns({ ...columns, [id]: checked === true })}
          />
        ))}
      </div>
    </Popover>
  );
}
