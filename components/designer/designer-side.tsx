'use client';

/**
 * The tabs beside the drawing: the fields of what is selected, the code, the problems, trials, tests and earlier
 * states.
 */
import type { ComponentProps, ReactNode } from 'react';
import { useCommands } from '@/components/commands/commands';
import { Tabs } from '@/components/ui/tabs';
import { CodePane } from './code/code-pane';
import { HistoryPanel } from './history/history-panel';
import { countsOf, ProblemsPanel } from './problems-panel';
import { SideForm } from './side-form';
import { MatrixPanel } from './trial/matrix-panel';
import { TryPanel } from './trial/try-panel';
import type { DesignerTab } from './use-designer-url';

/** For the command menu: by what a person is after. */
const SHOWN: readonly (readonly [DesignerTab, string])[] = [
  ['fields', 'Fields of the step'],
  ['code', 'The code'],
  ['problems', 'Problems'],
  ['try', 'Try it'],
  ['failures', 'Every failure (matrix)'],
  ['tests', 'Tests of the flow'],
];

interface DesignerSideProps {
  tab: DesignerTab;
  onTab: (tab: DesignerTab) => void;
  fields: ComponentProps<typeof SideForm>;
  code: ComponentProps<typeof CodePane>;
  /** Null: they are not known yet. */
  problems: ComponentProps<typeof ProblemsPanel> | null;
  trial: ComponentProps<typeof TryPanel>;
  failures: ComponentProps<typeof MatrixPanel>;
  tests: { count: number; panel: ReactNode };
  history: ComponentProps<typeof HistoryPanel>;
}

export function DesignerSide({ tab, onTab, ...of }: DesignerSideProps) {
  const counts = of.problems && countsOf(of.problems.problems);
  useCommands(() => SHOWN.map(([of, title]) => ({ id: `show-${of}`, group: 'Show', title, run: () => onTab(of) })));
  return (
    <Tabs
      label="About the draft"
      value={tab}
      onValueChange={onTab}
      dense
      className="h-full bg-card"
      panelClassName="overflow-auto"
      items={[
        {
          value: 'fields',
          label: (of.fields.several?.length ?? 0) > 1 ? 'Steps' : of.fields.selected ? 'Step' : 'Flow',
          content: <SideForm {...of.fields} />,
        },
        { value: 'code', label: 'Code', content: <CodePane {...of.code} /> },
        {
          value: 'problems',
          label: 'Problems',
          count: counts && counts.error + counts.warning,
          content: of.problems && <ProblemsPanel {...of.problems} />,
        },
        { value: 'try', label: 'Try it', content: <TryPanel {...of.trial} className="h-full" /> },
        { value: 'failures', label: 'Failures', content: <MatrixPanel {...of.failures} className="h-full" /> },
        { value: 'tests', label: 'Tests', count: of.tests.count || null, content: of.tests.panel },
        // Opened in the header: the bar has no room for one more.
        ...(tab === 'history'
          ? [{ value: 'history' as const, label: 'History', content: <HistoryPanel {...of.history} /> }]
          : []),
      ]}
    />
  );
}
