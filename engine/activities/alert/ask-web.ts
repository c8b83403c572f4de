/**
 * The activities `alert.tell` and `alert.plan`. The web compares what a destination was told with what is the case and sends the
 * difference, so an attempt that is repeated, or that comes late, tells nothing twice.
 */
import { ApplicationFailure } from '@temporalio/common';
import { readPayload } from '../../flow/values/json';
import type { ActivityConfig } from '../config';
import { callWeb } from '../web/call';

const REFUSED = 'AlertRefused';

/** What was not delivered fails the attempt: `NotDelivered`, with what the destination said. */
export function tellOfAlertActivity(
  web: ActivityConfig['web']
): (input: { alert: string; target: string }) => Promise<null> {
  return async (input) => {
    const { problem } = readPayload(await callWeb(web, 'alerts/tell', input, REFUSED)) as { problem: string | null };
    if (problem !== null) throw ApplicationFailure.create({ type: 'NotDelivered', message: problem });
    return null;
  };
}

/** `wait`: a duration of the flow, such as '90s'. */
export function planAlertActivity(
  web: ActivityConfig['web']
): (input: { alert: string }) => Promise<{ over: boolean; wait: string }> {
  return async (input) =>
    readPayload(await callWeb(web, 'alerts/plan', input, REFUSED)) as { over: boolean; wait: string };
}
