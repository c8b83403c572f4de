/**
 * A message out, signed as https://www.standardwebhooks.com says. All attempts of a step send the same id and the same
 * body, so that a receiver recognises a repetition.
 */
import { createHash, createHmac } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { environment, failure, fieldsOf, notSent, textOf, type ActivityCall } from './call';
import { filled, type Mapping } from './mapping';
import { asJson, callService } from './service';

export interface Webhook {
  /** Variables of the environment. */
  address: string;
  secrets: readonly string[];
  event: string;
  data: 'rest' | { mapping: Mapping };
}

export const webhook =
  ({ address, secrets, event, data }: Webhook) =>
  async (input: unknown, call: ActivityCall): Promise<{ id: string; status: number }> => {
    const { scheduledTimestampMs } = Context.current().info;
    const digest = createHash('sha256').update(call.idempotencyKey).digest('hex');
    const id = `msg_${digest.slice(0, 40)}`;
    const body = asJson({
      type: event,
      timestamp: new Date(scheduledTimestampMs).toISOString(),
      data: data === 'rest' ? input : (filled(data.mapping, fieldsOf(input, call), textOf) ?? null),
    });
    const time = String(Math.floor(Date.now() / 1_000));
    const signed = `${id}.${time}.${body.text}`;
    const signatures = secrets.map((name) => `v1,${createHmac('sha256', keyOf(name)).update(signed).digest('base64')}`);
    const { status } = (await callService(
      {
        method: 'POST',
        url: new URL(environment(address)),
        headers: { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signatures.join(' ') },
        body,
        answer: 'status',
        notAppliedStatuses: [],
      },
      call
    )) as { status: number };
    return { id, status };
  };

/** 'whsec_' and the key in base64. */
function keyOf(variable: string): Buffer {
  const [, text = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(environment(variable).trim()) ?? [];
  if (text === '') throw notSent(failure('InvalidRequest', true, `${variable} is not 'whsec_' and a key in base64.`));
  return Buffer.from(text, 'base64');
}
