'use client';

/** The filters of the list: id, flow, version and time of start. On a phone, all but the id are in a sheet. */
import { SlidersHorizontal } from 'lucide-react';
import { useState, type ReactNode, type RefObject } from 'react';
import type { FlowSummary } from '@/app/_contract/flows';
import type { SearchableField } from '@/engine/flow/searchable';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ColumnChoice, type ColumnChoiceProps } from './column-choice';
import type { FilterProps } from './filters';
import { FlowChoice, VersionChoice } from './flow-choice';
import { IdSearch } from './id-search';
import { StartedChoice, StartedFields } from './started-choice';
import { WhereChoice, WhereFields } from './where-choice';

export interface FilterBarProps extends FilterProps, ColumnChoiceProps {
  flows: readonly FlowSummary[];
  search: RefObject<HTMLInputElement | null>;
  /** By which the list can be filtered. */
  filterFields: readonly SearchableField[];
}

export function FilterBar(props: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const { filters } = props;
  const where = {
    where: filters.where,
    fields: props.filterFields,
    flow: filters.flow,
    onWhere: (text: string | null) => props.onFilters({ where: text }),
  };
  const narrowed = [filters.flow, filters.where, filters.startedAfterMs ?? filters.startedBeforeMs].filter(
    (each) => each !== null
  );
  return (
    <div className="flex items-center gap-2 max-md:w-full md:flex-wrap md:justify-end">
      <IdSearch {...props} />
      <div className="flex flex-wrap items-center justify-end gap-2 max-md:hidden">
        <FlowChoice {...props} className="w-44" />
        {filters.flow ? <VersionChoice {...props} className="w-32" /> : null}
        <WhereChoice {...where} />
        <StartedChoice {...props} />
        <ColumnChoice {...props} />
      </div>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title="Filter runs"
        trigger={
          <Button className="h-9 md:hidden">
            <SlidersHorizontal aria-hidden />
            Filter{narrowed.length > 0 ? ` (${narrowed.length})` : ''}
          </Button>
        }
        footer={
          <Button size="lg" variant="primary" className="w-full" onClick={() => setOpen(false)}>
            Show runs
          </Button>
        }
      >
        <div className="flex flex-col gap-4">
          <Titled title="Flow">
            <FlowChoice {...props} />
          </Titled>
          {filters.flow ? (
            <Titled title="Version">
              <VersionChoice {...props} />
            </Titled>
          ) : null}
          <Titled title="Fields">
            <WhereFields {...where} />
          </Titled>
          <Titled title="Started">
            <StartedFields {...props} />
          </Titled>
        </div>
      </Dialog>
    </div>
  );
}

function Titled({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <p className="text-xs font-medium">{title}</p>
      {children}
    </div>
  );
}
