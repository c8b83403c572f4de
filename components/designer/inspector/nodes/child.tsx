'use client';

/** A child flow: which flow, what it gets, and what becomes of its run. */
import { ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { KindIcon } from '@/components/canvas/kind-icon';
import type { DraftRow } from '@/app/_contract/drafts';
import { pages } from '@/app/_contract/routes';
import { useDraftNamed } from '@/components/flow/use-draft-named';
import { Button } from '@/components/ui/button';
import { PickList, type PickItem } from '@/components/ui/pick-list';
import { Popover } from '@/components/ui/popover';
import { flowEntryOf, type Catalogue } from '@/engine/flow/catalogue';
import type { DraftNode } from '@/engine/flow/edit/draft';
import { isFields } from '@/engine/run-view/fields';
import { byName } from '@/engine/flow/values/name-order';
import { useEditing, useField } from '../editing';
import { ExpressionField } from '../expressions/expression-field';
import { expressionIn } from '../expressions/template-text';
import { ValueField } from '../expressions/value-field';
import { RadioField } from '../fields/choice-field';
import { Frame, Help } from '../fields/frame';
import { DurationField } from '../fields/number-field';
import { Section } from '../fields/section';
import type { Place } from '../place';
import { DeclaredInput } from '../step/call-input';
import { EFFECT_WORDS } from '../step/words';
import { Catches, catchWords } from './catches';

export function ChildForm({ node }: { node: DraftNode }) {
  const { catalogue } = useEditing();
  const place = (field: string): Place => ({ target: { node: node.id }, path: [field] });
  const { flow, waits } = node.fields;
  const entry = typeof flow === 'string' ? flowEntryOf(flow, catalogue) : undefined;
  const draft = useDraftNamed(typeof flow === 'string' && !entry ? flow : null);
  const isAwaited = waits !== 'start';
  return (
    <>
      <Section title="Which flow">
        <FlowField place={place('flow')} draft={draft} />
        {entry ? (
          <Help>
            Publishing binds it to version {entry.flow.version}, or to a newer one if there is one by then.{' '}
            <Link className="underline" href={`/flows/${entry.flow.name}`} target="_blank">
              Open the flow
            </Link>
          </Help>
        ) : (
          <Unpublished draft={draft} />
        )}
      </Section>
      <Section title="What it gets">
        <ChildInput place={place('input')} schema={entry?.input} />
      </Section>
      <Section title="Its end">
        <RadioField
          legend="The flow"
          place={place('waits')}
          value={isAwaited ? 'end' : 'start'}
          options={[
            {
              value: 'end',
              label: 'Waits for its end',
              description:
                'Its output is that of the child. If a later step fails, what the child has done is undone too.',
            },
            {
              value: 'start',
              label: 'Goes on when it has started',
              description: 'The child is on its own: it keeps its effects, whatever becomes of this run.',
            },
          ]}
        />
        {isAwaited ? (
          <DurationField
            label="Time limit"
            place={place('timeout')}
            placeholder="no limit"
            help="A number and a unit: 4h, 2d. After it the child is asked to stop and undoes itself, and the step fails with the type 'Timeout'."
          />
        ) : null}
      </Section>
      {isAwaited && entry ? (
        <Section title="Undo">
          <p className="text-sm font-medium">
            {entry.effect === 'reversible'
              ? 'It undoes itself'
              : EFFECT_WORDS[entry.effect === 'none' ? 'none' : 'irreversible'].label}
          </p>
          <Help>{UNDO_WORDS[entry.effect === 'per-step' ? 'reversible' : entry.effect]}</Help>
        </Section>
      ) : null}
      <Section title="Its run" summary={runWords(node)} of={{ node: node.id, fields: ['runId', 'onParentClose'] }}>
        <ExpressionField
          label="Id of its run"
          place={place('runId')}
          placeholder="the id of this run, and of this step"
          help="An expression that gives a text, such as `payment-${input.orderId}`. While a run with this id is open, the step fails with the type 'ChildAlreadyRunning'."
        />
        <RadioField
          legend="If this run ends before it"
          place={place('onParentClose')}
          value={closeOf(node)}
          options={[
            {
              value: 'stop',
              label: 'It is asked to stop',
              description:
                'It undoes itself. A run ends before a child that it waits for only if somebody terminates it.',
            },
            { value: 'leave', label: 'It goes on', description: 'It keeps its effects.' },
            { value: 'kill', label: 'It is closed at once', description: 'Nothing that it has done is undone.' },
          ]}
        />
      </Section>
      <Section title="When it fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

const UNDO_WORDS = {
  none: 'No step of the flow changes anything, so there is nothing to undo.',
  reversible:
    'If a later step of this flow fails, the undo steps of the child run for what it has done, last done first. A child that fails has undone itself.',
  irreversible: 'The flow has a point of no return, or no step with an undo: what it has done remains.',
};

const closeOf = ({ fields: { onParentClose, waits } }: DraftNode): 'stop' | 'kill' | 'leave' => {
  if (onParentClose === 'stop' || onParentClose === 'kill' || onParentClose === 'leave') return onParentClose;
  return waits === 'start' ? 'leave' : 'stop';
};

function runWords(node: DraftNode): string {
  const close = { stop: 'asked to stop with this run', kill: 'closed with this run', leave: 'goes on after this run' };
  return `${node.fields.runId === undefined ? 'Usual id' : 'Id of its own'} · ${close[closeOf(node)]}`;
}

function ChildInput({
  place,
  schema,
}: {
  place: Place;
  schema: Parameters<typeof DeclaredInput>[0]['schema'] | undefined;
}) {
  const input = useField(place).value;
  if (!schema || expressionIn(input) !== null || (input !== undefined && !isFields(input)))
    return <ValueField label="Input" place={place} schema={schema} />;
  if (Object.keys(schema.properties ?? {}).length === 0 && Object.keys(input ?? {}).length === 0)
    return <Help>The flow takes no input.</Help>;
  return <DeclaredInput place={place} schema={schema} />;
}

/** A flow that is drawn, and not published yet. */
function Unpublished({ draft }: { draft: DraftRow | null }) {
  if (!draft) return null;
  return (
    <Help>
      It is not published yet. This flow can be published when it is.{' '}
      <Link className="underline" href={pages.draft(draft.id)}>
        Open its draft
      </Link>
    </Help>
  );
}

/** `draft`: of the flow, if it is not published. */
function FlowField({ place, draft }: { place: Place; draft: DraftRow | null }) {
  const { catalogue } = useEditing();
  const field = useField(place);
  const [open, setOpen] = useState(false);
  const name = typeof field.value === 'string' ? field.value : '';
  const chosen = flowEntryOf(name, catalogue);
  const items = useMemo(() => flowItems(catalogue), [catalogue]);
  return (
    <Frame {...field} label="Runs" help={chosen?.description}>
      {(control) => (
        <Popover
          open={open}
          onOpenChange={setOpen}
          label="Flows"
          className="w-[min(24rem,calc(100vw-1rem))] p-0"
          trigger={
            <Button
              {...control}
              aria-label={`Runs: ${chosen?.title ?? draft?.title ?? 'no flow'}`}
              size="md"
              className="h-auto min-h-9 w-full justify-start gap-2 whitespace-normal px-2.5 py-1 text-left font-normal"
            >
              <KindIcon node={{ kind: 'child' }} className="shrink-0" />
              <span className="min-w-0 flex-1">
                <span className="block [overflow-wrap:anywhere]">
                  {chosen?.title ?? draft?.title ?? 'Choose a published flow'}
                </span>
                {chosen ? (
                  <span className="block font-mono text-2xs text-ink-2 [overflow-wrap:anywhere]">
                    {name} v{chosen.flow.version}
                  </span>
                ) : draft ? (
                  <span className="block font-mono text-2xs text-ink-2 [overflow-wrap:anywhere]">{name}, a draft</span>
                ) : null}
              </span>
              <ChevronsUpDown aria-hidden className="text-mark" />
            </Button>
          }
        >
          <PickList
            label="Flows"
            placeholder="Search published flows"
            empty="No published flow matches."
            chosen={name}
            items={items}
            onPick={(next) => {
              setOpen(false);
              if (next !== name) field.set(next);
            }}
          />
        </Popover>
      )}
    </Frame>
  );
}

const flowItems = (catalogue: Catalogue): PickItem[] =>
  Object.values(catalogue)
    .flatMap((entry) => (entry.flow ? [{ entry, flow: entry.flow }] : []))
    .sort((a, b) => byName(a.entry.title, b.entry.title))
    .map(({ entry: { title, description, effect }, flow: { name, version } }) => ({
      key: name,
      label: title,
      detail: `${name} v${version}`,
      hint: effect === 'reversible' ? 'Undoes itself' : effect === 'none' ? 'No effect' : 'For good',
      words: description,
      icon: <KindIcon node={{ kind: 'child' }} />,
    }));
