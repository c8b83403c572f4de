'use client';

/** Language models in Settings. */
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import type { ModelCall, ModelSettings } from '@/engine/flow/connections/kinds/model';
import { AddressAndAuth } from './http-settings';
import type { CallProblems, CallProps, KindForm, SettingsProps } from './kind-form';
import { Part } from './part';

interface ModelModel extends Pick<ModelCall, 'model' | 'system' | 'prompt' | 'answer'> {
  maxTokens: string;
  /** '': the default of the model. */
  temperature: string;
  mostAnswers: string;
}

const LIMITS = [
  { value: 'max_tokens', label: 'max_tokens', description: 'Most services, and servers of one’s own.' },
  { value: 'max_completion_tokens', label: 'max_completion_tokens', description: 'Newer models of OpenAI.' },
];
const ANSWERS = [
  { value: 'json', label: 'JSON that fits the schema', description: 'An answer that does not fit is asked for again.' },
  { value: 'text', label: 'A text' },
];

function Settings(props: SettingsProps<'model'>) {
  return (
    <AddressAndAuth
      {...props}
      label="Base address"
      help="The part before /chat/completions. Any service that speaks the API of OpenAI."
      placeholder="https://api.openai.com/v1"
    />
  );
}

function More({ settings, onChange }: SettingsProps<'model'>) {
  return (
    <Field label="The limit of an answer is sent as" required>
      <Select
        options={LIMITS}
        value={settings.limitField}
        onValueChange={(next) => onChange({ ...settings, limitField: next as ModelSettings['limitField'] })}
      />
    </Field>
  );
}

function Prompt({ model, errorAt, onChange }: CallProps<ModelModel>) {
  const figure = (field: 'maxTokens' | 'temperature' | 'mostAnswers', label: string, help: string, needed: boolean) => (
    <Field label={label} required={needed} help={help} error={errorAt(field, `/call/${field}`)}>
      <Input
        inputMode="decimal"
        value={model[field]}
        onChange={({ target }) => onChange({ [field]: target.value.trim() })}
      />
    </Field>
  );
  return (
    <Part
      title="The question"
      description="{field} is replaced by a field of the input. Whatever a person wrote in it reaches the model: check what follows from an answer."
    >
      <Field label="Model" required error={errorAt('model', '/call/model')}>
        <Input
          className="font-mono text-sm"
          placeholder="gpt-4o-mini"
          value={model.model}
          onChange={({ target }) => onChange({ model: target.value.trim() })}
        />
      </Field>
      <Field label="Instructions" help="The system message." error={errorAt('system', '/call/system')}>
        <Textarea rows={4} value={model.system} onChange={({ target }) => onChange({ system: target.value })} />
      </Field>
      <Field label="Question" required error={errorAt('prompt', '/call/prompt')}>
        <Textarea
          rows={6}
          placeholder="Which of our products does this mail ask about? {mail}"
          value={model.prompt}
          onChange={({ target }) => onChange({ prompt: target.value })}
        />
      </Field>
      <div className="grid gap-4 sm:grid-cols-3">
        {figure('maxTokens', 'Tokens of an answer', 'At most so many. A longer one fails.', true)}
        {figure('mostAnswers', 'Answers', 'So many times an answer that does not fit is asked for.', true)}
        {figure('temperature', 'Temperature', 'The default of the model, if it is empty.', false)}
      </div>
    </Part>
  );
}

function write({ maxTokens, temperature, mostAnswers, ...call }: ModelModel) {
  const problems: CallProblems = {};
  const whole = (field: string, text: string): number => {
    if (!/^\d{1,7}$/.test(text)) problems[field] = 'A whole number.';
    return Number(text);
  };
  if (temperature !== '' && !/^\d(\.\d+)?$/.test(temperature)) problems.temperature = 'A number from 0 to 2.';
  const written: ModelCall = {
    kind: 'model',
    ...call,
    maxTokens: whole('maxTokens', maxTokens),
    temperature: temperature === '' ? null : Number(temperature),
    mostAnswers: whole('mostAnswers', mostAnswers),
  };
  return Object.keys(problems).length > 0 ? { problems } : { call: written };
}

export const model: KindForm<'model', ModelModel> = {
  label: 'Language model',
  description: 'Any service that speaks the API of OpenAI.',
  newSettings: { address: '', auth: { kind: 'bearer', secret: '' }, limitField: 'max_tokens' },
  named: (settings, connection) =>
    settings.auth.kind !== 'none' && settings.auth.secret === ''
      ? { ...settings, auth: { ...settings.auth, secret: `${connection || 'connection'}-secret` } }
      : settings,
  secretOf: ({ auth }) => (auth.kind === 'none' ? '' : auth.secret),
  Settings,
  More,
  hasOrigins: true,
  firstOperation: 'Write a question, and describe the answer as fields.',
  newEffect: 'none',
  newInput: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } },
  newOutput: {
    type: 'object',
    additionalProperties: false,
    required: ['answer'],
    properties: { answer: { type: 'string' } },
  },
  // Models take their time.
  newOptions: { startToCloseTimeout: '2m' },
  read: (call) => ({
    model: call?.model ?? '',
    system: call?.system ?? '',
    prompt: call?.prompt ?? '{text}',
    answer: call?.answer ?? 'json',
    maxTokens: String(call?.maxTokens ?? 1_000),
    temperature: call?.temperature === undefined || call.temperature === null ? '' : String(call.temperature),
    mostAnswers: String(call?.mostAnswers ?? 3),
  }),
  write,
  Call: Prompt,
  Answer: ({ model: now, onChange }) => (
    <Field label="The output of a step is" required>
      <Select
        options={ANSWERS}
        value={now.answer}
        onValueChange={(answer) => onChange({ answer: answer as ModelCall['answer'] })}
      />
    </Field>
  ),
  output: 'Schema of the answer',
};
