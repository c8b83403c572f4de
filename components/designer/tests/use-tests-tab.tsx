'use client';

/** The tests of the draft on the page of the designer: their tab, and the dialog that keeps a trial as one. */
import { useState, type ReactNode } from 'react';
import { toast } from '@/components/ui/toast';
import type { FlowDocument } from '@/engine/flow/document';
import { findNode, type Draft, type Json } from '@/engine/flow/edit/draft';
import { setField } from '@/engine/flow/edit/fields';
import type { Operation } from '@/engine/flow/edit/operations';
import { titleOf } from '@/engine/flow/edit/places';
import type { FlowTest } from '@/engine/flow/tests';
import type { TrialResult } from '@/engine/trial/result';
import { KeepTest } from './keep-test';
import { TestsPanel } from './tests-panel';
import { useTests } from './use-tests';

export interface TestsTab {
  list: readonly FlowTest[];
  /** Those that no longer fit the flow. */
  unfit: readonly FlowTest[];
  panel: ReactNode;
  /** Null: nothing is kept now. */
  dialog: ReactNode;
  /** Opens the dialog. */
  keep: (result: TrialResult) => void;
}

export function useTestsTab({
  draftId,
  draft,
  flow,
  readOnly,
  onEdit,
  onOpen,
}: {
  draftId: string;
  draft: Draft;
  /** Of the draft. */
  flow: FlowDocument;
  readOnly: string | null;
  onEdit: (operations: readonly Operation[]) => unknown;
  /** Shows a test as a try. */
  onOpen: (test: FlowTest) => void;
}): TestsTab {
  const tests = useTests(draftId, flow);
  const [keeping, setKeeping] = useState<TrialResult | null>(null);
  const setFlow = (field: string, value: Json | undefined) => onEdit(setField(draft, { node: null }, [field], value));
  const setTests = (list: readonly FlowTest[]) =>
    setFlow('tests', list.length === 0 ? undefined : (list as unknown as Json));
  return {
    list: tests.list,
    unfit: tests.list.filter((test) => tests.unfitOf(test).length > 0),
    keep: setKeeping,
    panel: (
      <TestsPanel
        tests={tests}
        titleOf={(id) => {
          const found = findNode(draft, id);
          return found ? titleOf(found) : id;
        }}
        readOnly={readOnly}
        neverLeavesSilently={flow.neverLeavesSilently ?? false}
        onRequire={(required) => setFlow('neverLeavesSilently', required ? true : undefined)}
        onOpen={onOpen}
        onChange={setTests}
      />
    ),
    dialog: keeping ? (
      <KeepTest
        result={keeping}
        tests={tests.list}
        onKeep={(test) => {
          setTests([...tests.list, test]);
          toast(`'${test.title}' is kept. Every publish plays it.`);
        }}
        onClose={() => setKeeping(null)}
      />
    ) : null,
  };
}
