'use client';

/** What several selected steps have in common: which they are, and the retries of their calls. */
import { KindIcon } from '@/components/canvas/kind-icon';
import { Button } from '@/components/ui/button';
import { callPath } from '@/engine/flow/edit/fields';
import { findNode } from '@/engine/flow/edit/draft';
import { titleOf } from '@/engine/flow/edit/places';
import { useEditing } from './editing';
import { DurationField, NumberField } from './fields/number-field';
import { Help } from './fields/frame';
import { Section } from './fields/section';
import { within, type Place } from './place';

export function SeveralForm({ ids }: { ids: readonly string[] }) {
  const { draft, onSelect } = useEditing();
  const nodes = ids.flatMap((id) => findNode(draft, id) ?? []);
  const calls = nodes.filter(({ kind }) => kind === 'action').map(({ id }) => id);
  return (
    <>
      <header className="px-4 pb-3 pt-3">
        <h2 className="text-base font-semibold">{nodes.length} steps are selected</h2>
        <Help>They are moved, copied, wrapped and deleted together.</Help>
        <ul className="mt-2 flex flex-col">
          {nodes.map((node) => {
            const activity = typeof node.fields.activity === 'string' ? node.fields.activity : undefined;
            return (
              <li key={node.id}>
                <Button
                  variant="ghost"
                  className="w-full justify-start px-2"
                  title={`Select only '${titleOf(node)}'`}
                  onClick={() => onSelect(node.id)}
                >
                  <KindIcon node={{ kind: node.kind, activity }} className="size-4 shrink-0 text-ink-2" />
                  <span className="truncate">{titleOf(node)}</span>
                </Button>
              </li>
            );
          })}
        </ul>
      </header>
      {calls.length > 0 ? <SharedRetries calls={calls} of={nodes.length} /> : null}
    </>
  );
}

function SharedRetries({ calls, of }: { calls: readonly string[]; of: number }) {
  const options: Place = { target: { node: calls[0]! }, path: [...callPath('step'), 'options'], nodes: calls };
  const retry = within(options, 'retry');
  const own = 'as declared';
  return (
    <Section title="Retries and timeouts">
      <Help>
        {calls.length === of
          ? 'For all of them. An empty field has what each operation declares.'
          : `For ${calls.length === 1 ? 'the one that calls' : `the ${calls.length} that call`} an operation. An empty field has what the operation declares.`}
      </Help>
      <div className="grid grid-cols-2 items-start gap-3">
        <NumberField label="Attempts" place={within(retry, 'maximumAttempts')} placeholder={own} help="0: no limit." />
        <DurationField
          label="Time for one attempt"
          place={within(options, 'startToCloseTimeout')}
          placeholder={own}
          help="Then it counts as failed."
        />
        <DurationField label="First pause" place={within(retry, 'initialInterval')} placeholder={own} help={null} />
        <DurationField label="Longest pause" place={within(retry, 'maximumInterval')} placeholder={own} help={null} />
        <NumberField label="Pauses grow by a factor of" place={within(retry, 'backoffCoefficient')} placeholder={own} />
        <DurationField
          label="Time for all attempts"
          place={within(options, 'scheduleToCloseTimeout')}
          placeholder={own}
          help={null}
        />
      </div>
    </Section>
  );
}
