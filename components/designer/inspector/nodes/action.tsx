'use client';

import type { DraftNode } from '@/engine/flow/edit/draft';
import { effectSchema } from '@/engine/flow/activity-options';
import type { Effect } from '@/engine/flow/document';
import { useEffect, useRef } from 'react';
import { SchemaField } from '../../schema-editor/schema-field';
import { useEditing, useField } from '../editing';
import { RadioField, SwitchField } from '../fields/choice-field';
import { Help } from '../fields/frame';
import { Section } from '../fields/section';
import { FIELD_ATTRIBUTE, type Place } from '../place';
import { POLICY_WORDS, policyOf } from '../../outcome-policy';
import { ActivityField } from '../step/activity-field';
import { CallInput } from '../step/call-input';
import { optionsWords, RetryFields, useOptions } from '../step/retry-fields';
import { UndoForm } from '../step/undo-form';
import { UnknownForm } from '../step/unknown-form';
import { EFFECT_WORDS, optionsOf } from '../step/words';
import { Catches, catchWords } from './catches';

/** Of the section 'Unknown outcome', which is shown as long as one of them has a value. */
const UNKNOWN_FIELDS = ['unknown', 'lateCalls', 'settlesWithin'];

export function ActionForm({ node, part }: { node: DraftNode; part: 'step' | 'undo' }) {
  const { catalogue } = useEditing();
  const undo = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (part === 'undo') undo.current?.scrollIntoView?.({ block: 'start' });
  }, [part, node.id]);
  const activity = typeof node.fields.activity === 'string' ? node.fields.activity : '';
  const declared = Object.hasOwn(catalogue, activity) ? catalogue[activity] : undefined;
  const own = effectSchema.safeParse(node.fields.effect);
  const effect: Effect = declared && declared.effect !== 'per-step' ? declared.effect : own.success ? own.data : 'none';
  const place = (field: string): Place => ({ target: { node: node.id }, path: [field] });
  const policy = policyOf(node.fields.unknown);
  const { options } = useOptions(node.id, 'step');
  return (
    <>
      <Section title="What it does">
        <ActivityField nodeId={node.id} call="step" label="Calls" />
        <CallInput nodeId={node.id} call="step" />
        {declared?.output === 'per-step' ? (
          <SchemaField
            label="What the answer has"
            place={place('output')}
            help="Later steps can read these fields. An answer that does not match fails the step."
            add="Describe the answer"
            optional
          />
        ) : null}
      </Section>
      <Section title="Effect">
        <EffectFields node={node} declared={declared?.effect} />
        <SwitchField
          label="Point of no return"
          place={place('pivot')}
          help="Before it a failure turns the run back. From here on, steps are retried until they succeed, and nothing is undone."
        />
      </Section>
      <div ref={undo}>
        {effect === 'reversible' || node.fields.undo !== undefined ? (
          <Section title="Undo">
            <UndoForm nodeId={node.id} />
          </Section>
        ) : part === 'undo' ? (
          <Section title="Undo">
            <Help>
              {effect === 'none'
                ? 'The step has no effect, so there is nothing to undo.'
                : 'The effect cannot be undone.'}
            </Help>
          </Section>
        ) : null}
      </div>
      {effect !== 'none' || UNKNOWN_FIELDS.some((name) => node.fields[name] !== undefined) ? (
        <Section
          title="Unknown outcome"
          summary={policy === null ? 'An operator is asked' : (POLICY_WORDS[policy]?.label ?? 'Not valid')}
          of={{ node: node.id, fields: UNKNOWN_FIELDS }}
        >
          <UnknownForm nodeId={node.id} />
        </Section>
      ) : null}
      <Section title="Retries and timeouts" summary={optionsWords(options)} of={{ node: node.id, fields: ['options'] }}>
        <RetryFields nodeId={node.id} call="step" />
      </Section>
      <Section title="When it fails" summary={catchWords(node)} of={{ node: node.id, fields: ['catch'] }}>
        <Catches node={node} />
      </Section>
    </>
  );
}

function EffectFields({ node, declared }: { node: DraftNode; declared: Effect | 'per-step' | undefined }) {
  const place: Place = { target: { node: node.id }, path: ['effect'] };
  const field = useField(place);
  if (declared === undefined || declared === 'per-step' || field.value !== undefined)
    return <RadioField legend="What it changes" place={place} options={optionsOf(EFFECT_WORDS)} />;
  const { label, description } = EFFECT_WORDS[declared];
  return (
    <div {...{ [FIELD_ATTRIBUTE]: field.name }}>
      <p className="text-sm font-medium">{label}</p>
      <Help>{description} The operation declares it.</Help>
    </div>
  );
}
