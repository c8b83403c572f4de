'use client';

/** Makes a webhook, or changes one: who sends, what it does, and where the body has what is needed. */
import { useState } from 'react';
import type { Hook, HookList, PutHook, PutHookDone } from '@/app/_contract/hooks';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { SENDER_FACTS, SENDERS, senderOf, type Sender } from './senders';

const START = 'start a run';
const REPEATED = [
  { value: 'header', label: 'By a header' },
  { value: 'body', label: 'By a field of the body' },
  { value: 'none', label: 'Not at all: each delivery counts' },
];

/** Problems at other places are told above the fields. */
const SHOWN_AT_FIELDS = [
  '/title',
  '/proof/header',
  '/proof/prefix',
  '/deliveryId/header',
  '/deliveryId/pointer',
  '/action/runId',
  '/action/signal',
  '/input',
  '/secret',
];

interface HookDialogProps {
  flow: string;
  /** Null: a new one. */
  hook: Hook | null;
  list: HookList;
  onClose: () => void;
  onSaved: (done: PutHookDone) => void;
}

export function HookDialog({ flow, hook, list, onClose, onSaved }: HookDialogProps) {
  const [id] = useState(() => hook?.id ?? crypto.randomUUID());
  const [title, setTitle] = useState(hook?.title ?? '');
  const [sender, setSender] = useState<Sender>(hook ? senderOf(hook.proof) : 'standard');
  const [proof, setProof] = useState(hook?.proof ?? SENDER_FACTS.standard.proof);
  const [deliveryId, setDeliveryId] = useState(hook?.deliveryId ?? SENDER_FACTS.standard.deliveryId);
  const [does, setDoes] = useState(hook?.action.kind === 'signal' ? hook.action.signal : START);
  const [runId, setRunId] = useState(hook?.action.runId ?? '');
  const [input, setInput] = useState(hook?.input ?? '');
  const [secret, setSecret] = useState('');
  const { pending, failure, send } = useSend(['flows']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const isShown = failure?.problems?.every(({ at }) => SHOWN_AT_FIELDS.includes(at));

  const choose = (next: string) => {
    const facts = SENDER_FACTS[next as Sender];
    setSender(next as Sender);
    setProof(facts.proof);
    setDeliveryId(facts.deliveryId);
  };
  const save = async () => {
    const action: PutHook['action'] =
      does === START ? { kind: 'start', runId } : { kind: 'signal', signal: does, runId };
    const done = await send<PutHookDone>(routes.hooks(), {
      id,
      flow,
      title,
      proof,
      deliveryId,
      action,
      input,
      secret,
    });
    if (done) onSaved(done);
  };
  const isOwnHeader = sender === 'hmac' || sender === 'token';
  return (
    <FormDialog
      title={hook ? `Change '${hook.title}'` : 'New webhook'}
      description={
        hook
          ? 'From now on it is yours: its deliveries are done in your name, as far as you may.'
          : 'An address for another system. It is yours: its deliveries are done in your name, as far as you may.'
      }
      action={hook ? 'Save' : 'Create the webhook'}
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !isShown ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required help="Which system sends, and what." error={problem('/title')}>
        <Input autoComplete="off" maxLength={100} value={title} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field label="Who sends" required help={SENDER_FACTS[sender].description}>
        <Select
          options={SENDERS.map((value) => {
            const { label, description } = SENDER_FACTS[value];
            return { value, label, description };
          })}
          value={sender}
          onValueChange={choose}
        />
      </Field>
      {isOwnHeader && proof.kind !== 'standard' ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label={proof.kind === 'hmac' ? 'Header of the signature' : 'Header of the secret'}
            required
            error={problem('/proof/header')}
          >
            <Input
              autoComplete="off"
              spellCheck={false}
              value={proof.header}
              onChange={({ target }) => setProof({ ...proof, header: target.value })}
            />
          </Field>
          {proof.kind === 'hmac' ? (
            <Field label="Before the signature" help="For example 'sha256='." error={problem('/proof/prefix')}>
              <Input
                autoComplete="off"
                spellCheck={false}
                maxLength={50}
                value={proof.prefix}
                onChange={({ target }) => setProof({ ...proof, prefix: target.value })}
              />
            </Field>
          ) : null}
        </div>
      ) : null}
      <Field
        label="Its secret"
        help={
          hook
            ? 'Left empty, it stays as it is.'
            : 'Only if the sender gives you one. Left empty, Backstitch makes one and shows it once.'
        }
        error={problem('/secret')}
      >
        <Input
          type="password"
          autoComplete="new-password"
          maxLength={500}
          value={secret}
          onChange={({ target }) => setSecret(target.value)}
        />
      </Field>
      {list.signals.length > 0 ? (
        <Field label="What a delivery does" required error={problem('/action/signal')}>
          <Select
            options={[
              { value: START, label: 'Starts a run' },
              ...list.signals.map((signal) => ({ value: signal, label: `Sends the signal '${signal}'` })),
            ]}
            value={does}
            onValueChange={setDoes}
          />
        </Field>
      ) : null}
      <Field
        label={does === START ? 'Where the body has the input' : 'Where the body has the data of the signal'}
        help="For example /data/order. Left empty: the whole body."
        error={problem('/input')}
      >
        <Input autoComplete="off" spellCheck={false} value={input} onChange={({ target }) => setInput(target.value)} />
      </Field>
      <Field
        label="Where the body has the run id"
        required={does !== START}
        help={
          does === START
            ? 'For example /data/order/id. Two open runs cannot have the same id. Left empty: Backstitch makes one.'
            : 'For example /data/order/id.'
        }
        error={problem('/action/runId')}
      >
        <Input autoComplete="off" spellCheck={false} value={runId} onChange={({ target }) => setRunId(target.value)} />
      </Field>
      {isOwnHeader ? (
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="How a repetition is told" required>
            <Select
              options={REPEATED}
              value={deliveryId.kind}
              onValueChange={(kind) =>
                setDeliveryId(
                  kind === 'header'
                    ? { kind, header: 'x-request-id' }
                    : kind === 'body'
                      ? { kind, pointer: '/id' }
                      : { kind: 'none' }
                )
              }
            />
          </Field>
          {deliveryId.kind === 'header' ? (
            <Field label="Header of the delivery's id" required error={problem('/deliveryId/header')}>
              <Input
                autoComplete="off"
                spellCheck={false}
                value={deliveryId.header}
                onChange={({ target }) => setDeliveryId({ kind: 'header', header: target.value })}
              />
            </Field>
          ) : deliveryId.kind === 'body' ? (
            <Field label="Where the body has its id" required error={problem('/deliveryId/pointer')}>
              <Input
                autoComplete="off"
                spellCheck={false}
                value={deliveryId.pointer}
                onChange={({ target }) => setDeliveryId({ kind: 'body', pointer: target.value })}
              />
            </Field>
          ) : null}
        </div>
      ) : null}
    </FormDialog>
  );
}
