/**
 * The verdict on one order: its run, its history and the shop's books are compared with each other, and with
 * everything that was acknowledged or reported while it ran. Pure: the caller has read all data.
 */
import { ledgerOf } from '../run-view/ledger';
import { eventsFromHistory } from '../run-view/events-from-history';
import { keyOwner } from '../run-view/step-keys';
import type { FlowManifest } from '../flow/manifest';
import { checkHistory, type HistoryEvent } from '../history';
import { temporal } from '../proto';
import type { HumanWait, LedgerReport } from '../saga/contract';
import type { ShopLedgerReport } from '../examples/order-fulfilment/ledger';
import { judge, type RunClaim, type Verdict } from '../examples/order-fulfilment/oracle';
import type { Order } from './order';

const { EventType } = temporal.api.enums.v1;

/** The effects of a run that completes. */
const EFFECTS = ['reserve-inventory', 'charge-payment', 'create-shipment', 'send-confirmation'];
const MAY_COMPLETE: readonly string[] = ['goes-well', 'answer-lost', 'applies-after-timeout'];

export interface Evidence {
  status: RunClaim['status'];
  events: HistoryEvent[];
  /** The report of the run itself: `__ledger` and `__nodes`. */
  ledger: LedgerReport['entries'];
  waitsFor: HumanWait[];
  shop: ShopLedgerReport;
}

export interface OrderVerdict {
  kind: Verdict['kind'];
  violations: string[];
}

export function judgeOrder(order: Order, evidence: Evidence, manifest: FlowManifest): OrderVerdict {
  const { status, ledger, waitsFor, shop, events } = evidence;
  const address = { workflowId: order.plan.workflowId, runId: order.runId };
  const ownerOf = keyOwner(eventsFromHistory({ events }), address);
  const claim: RunClaim = {
    ownerOf,
    status,
    expected: EFFECTS,
    ledger,
    waitsForPerson: waitsFor.length > 0,
  };
  const verdict = judge(claim, shop);
  const violations = [
    ...(verdict.kind === 'violation' ? verdict.words : []),
    ...order.complaints,
    ...contradictsPlan(order, verdict.kind, shop, ownerOf),
    ...lostAcknowledgements(order, events),
    ...lostTelling(order.told, events),
    ...checkHistory(events).map(({ rule, eventId, message }) => `${rule} at event ${eventId}: ${message}`),
    ...ledgersDiffer(ledger, events, manifest),
  ];
  return { kind: verdict.kind, violations };
}

/** Results that are impossible for the requests that were made. */
function contradictsPlan(
  { plan, acknowledged, waits, resetFrom }: Order,
  kind: Verdict['kind'],
  shop: ShopLedgerReport,
  ownerOf: RunClaim['ownerOf']
): string[] {
  const words: string[] = [];
  if (kind === 'completed' && !MAY_COMPLETE.includes(plan.input.scenario))
    words.push(`completed in the scenario ${plan.input.scenario}`);
  if (kind === 'waits' && !waits) words.push('waits for a person, and nobody was asked to wait');
  if (waits && kind !== 'waits') words.push('did not wait for the person that it had asked');
  const other = shop.keys.find(({ key }) => ownerOf(key) === null);
  if (other && resetFrom === null) words.push(`was started once, and the shop knows another run of it: ${other.key}`);
  const charged = shop.keys.some((key) => key.kind === 'payment');
  const undecided = plan.approval !== 'none' && acknowledged.approval !== 'approve';
  if (charged && undecided) words.push('was charged without its approval');
  const parcel = shop.keys.find((key) => key.kind === 'shipment' && key.applied > key.undone);
  const note = parcel?.detail.deliveryNote;
  if (parcel && acknowledged.note !== null && note !== acknowledged.note)
    words.push(`the parcel says '${note}', and '${acknowledged.note}' was accepted`);
  return words;
}

/** What was acknowledged is in the history, exactly once. */
function lostAcknowledgements({ acknowledged }: Order, events: readonly HistoryEvent[]): string[] {
  const words: string[] = [];
  const once = (what: string, count: number) => {
    if (count !== 1) words.push(`${what} was acknowledged and is recorded ${count} times in the history`);
  };
  for (const { updateId, name } of acknowledged.updates) {
    const accepted = events.filter(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes?.protocolInstanceId === updateId
    );
    once(`the update ${name} ${updateId}`, accepted.length);
    const completed = events.filter(
      (event) => event.workflowExecutionUpdateCompletedEventAttributes?.meta?.updateId === updateId
    );
    once(`the answer to ${name} ${updateId}`, completed.length);
  }
  for (const requestId of acknowledged.signals) {
    const signals = events.filter((event) => event.workflowExecutionSignaledEventAttributes?.requestId === requestId);
    once(`the signal ${requestId}`, signals.length);
  }
  const cancels = events.filter(
    ({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED
  );
  if (acknowledged.cancel) once('the cancel', cancels.length);
  return words;
}

/** Events that were reported are unchanged. */
function lostTelling(told: readonly HistoryEvent[], events: readonly HistoryEvent[]): string[] {
  const encode = (event: HistoryEvent | undefined) =>
    event ? Buffer.from(temporal.api.history.v1.HistoryEvent.encode(event).finish()).toString('base64') : '';
  const changed = told.find((event, index) => encode(event) !== encode(events[index]));
  return changed ? [`event ${String(changed.eventId)} was told, and the history has another one or none`] : [];
}

/** The run's own report of its effects is the same as that of its history. */
function ledgersDiffer(
  said: LedgerReport['entries'],
  events: readonly HistoryEvent[],
  manifest: FlowManifest
): string[] {
  const projected = new Map(
    ledgerOf(eventsFromHistory({ events }), manifest).entries.map((entry) => [entry.activityId, entry.state])
  );
  return said
    .filter((entry) => projected.get(entry.activityId) !== entry.state)
    .map(
      ({ activityId, state }) =>
        `the run says that ${activityId} is ${state}, its history says ${projected.get(activityId) ?? 'nothing'}`
    );
}
