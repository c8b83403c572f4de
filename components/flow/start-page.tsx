'use client';

/**
 * Start a run: a form made from the input schema of the flow, filled with one of the scenarios that its author wrote.
 * Beside it, how a program does the same.
 */
import { Play } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { parseAsString, parseAsStringLiteral, useQueryState } from 'nuqs';
import { useState } from 'react';
import type { StartFormModel } from '@/app/_contract/flows';
import { pages, routes } from '@/app/_contract/routes';
import type { StartedRun, StartRun } from '@/app/_contract/runs';
import { postJson } from '@/components/live/api';
import { useRequestId } from '@/components/live/request-id';
import { useAway } from '@/components/runs/use-away';
import { useWhyNot } from '@/components/people/person';
import { cn } from '@/components/ui/cn';
import { Field, Input } from '@/components/ui/field';
import { Badge, Card, CardBody, CardHeader } from '@/components/ui/surface';
import { Tabs } from '@/components/ui/tabs';
import { sampleOf } from '@/engine/flow/schema/sample';
import { FromProgram } from './from-program';
import { FromWebhook } from './hooks/from-webhook';
import { SchemaForm } from './schema-form';

const ARCHIVED = 'The flow is archived: no version of it starts runs. Restore it on its page first.';
const WAYS = ['form', 'program', 'webhook'] as const;
/** Where the server says what is wrong with the id. */
const RUN_ID = ['/workflowId'];

export function StartPage({ form }: { form: StartFormModel }) {
  const router = useRouter();
  const away = useAway();
  const [asked, setAsked] = useQueryState('scenario', parseAsString);
  const [way, setWay] = useQueryState('way', parseAsStringLiteral(WAYS).withDefault('form'));
  const [workflowId, setWorkflowId] = useState('');
  const [idProblems, setIdProblems] = useState<string[]>([]);
  const { again } = form;
  const scenario = form.scenarios.find(({ name }) => name === asked) ?? (again ? undefined : form.scenarios[0]);
  // A flow that declares no fields is started with an empty object.
  const initial = scenario ? scenario.input : (again?.input ?? {});
  const sample = scenario?.input ?? again?.input ?? sampleOf(form.input).value;
  const filledFrom = scenario ? `'${scenario.title}'` : again ? `the input of ${again.workflowId}` : null;
  const whyNot = useWhyNot('runs.start', form.flow);
  const requestId = useRequestId();

  const start = async (value: unknown) => {
    const request: StartRun = {
      requestId: requestId.of([value, workflowId]),
      input: value as StartRun['input'],
      ...(workflowId.trim() ? { workflowId: workflowId.trim() } : {}),
    };
    const started = await postJson<StartedRun>(routes.startRun(form.flow), request);
    requestId.answered();
    router.push(pages.run(started.workflowId, started.runId));
    // The button remains busy until the page of the run is shown.
    await new Promise(() => {});
  };

  const byForm = (
    <div className="grid items-start gap-4 lg:grid-cols-[18rem_minmax(0,1fr)]">
      {form.scenarios.length ? (
        <Scenarios scenarios={form.scenarios} chosen={scenario?.name} onChoose={(name) => void setAsked(name)} />
      ) : null}
      <Card className={form.scenarios.length ? '' : 'lg:col-span-2'}>
        <CardHeader
          title={form.input.title ?? 'Input'}
          description={
            filledFrom ? `Filled in ${scenario ? 'for' : 'with'} ${filledFrom}. You can change every field.` : undefined
          }
        />
        <CardBody>
          <SchemaForm
            ownFields={RUN_ID}
            onOwnProblems={setIdProblems}
            filledFrom={scenario?.name ?? again?.workflowId}
            schema={form.input}
            initial={initial}
            onSubmit={start}
            disabledReason={(form.archived ? ARCHIVED : null) ?? whyNot ?? away?.reason ?? null}
            submitLabel={
              <>
                <Play aria-hidden />
                Start the run
              </>
            }
          >
            <Field
              label="Run id"
              help="The id of the run on every screen. If you leave it empty, it is made from the name of the flow. Two open runs cannot have the same id."
              error={idProblems[0]}
              className="border-t border-hairline pt-3"
            >
              <Input
                value={workflowId}
                maxLength={200}
                onChange={({ target }) => setWorkflowId(target.value)}
                placeholder={`${form.flow}-…`}
                autoComplete="off"
              />
            </Field>
          </SchemaForm>
        </CardBody>
      </Card>
    </div>
  );
  return (
    <div className="mx-auto grid max-w-5xl grid-cols-[minmax(0,1fr)] gap-2 p-4">
      <h1 className="flex items-center gap-2 text-xl font-semibold">
        Start {form.title}
        <Badge>v{form.version}</Badge>
        {form.archived ? <Badge className="border-dashed border-mark">archived</Badge> : null}
      </h1>
      <Tabs
        label="Ways to start it"
        value={way}
        onValueChange={(next) => void setWay(next)}
        panelClassName="pt-4"
        items={[
          { value: 'form', label: 'By hand', content: byForm },
          {
            value: 'program',
            label: 'From a program',
            content: <FromProgram flow={form.flow} title={form.title} origin={form.origin} input={sample} />,
          },
          { value: 'webhook', label: 'From a webhook', content: <FromWebhook flow={form.flow} sample={sample} /> },
        ]}
      />
    </div>
  );
}

function Scenarios({
  scenarios,
  chosen,
  onChoose,
}: {
  scenarios: StartFormModel['scenarios'];
  chosen: string | undefined;
  onChoose: (name: string) => void;
}) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 text-xs font-medium">What should happen?</legend>
      <div className="flex flex-col gap-1">
        {scenarios.map(({ name, title, description }) => (
          <label
            key={name}
            className={cn(
              'flex cursor-pointer gap-2 rounded-md border px-3 py-2 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2',
              name === chosen ? 'border-ink bg-card' : 'border-transparent hover:bg-ink/4'
            )}
          >
            <input
              type="radio"
              name="scenario"
              value={name}
              checked={name === chosen}
              onChange={() => onChoose(name)}
              className="mt-1 size-3.5 shrink-0 accent-(--ink) outline-none"
            />
            <span>
              <span className="block text-sm font-medium">{title}</span>
              {description ? (
                <span className={cn('block text-xs text-ink-2', name !== chosen && 'max-lg:hidden')}>
                  {description}
                </span>
              ) : null}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
