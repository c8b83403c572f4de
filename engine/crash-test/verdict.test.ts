/** The result of an order, falsified in every way that the crash test must detect. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { FlowManifest } from '../flow/manifest';
import type { HistoryEvent } from '../history';
import { temporal } from '../proto';
import type { ShopKey } from '../examples/order-fulfilment/ledger';
import { Order, type Surroundings } from './order';
import { planCrash, type OrderPlan } from './plan';
import { judgeOrder, type Evidence } from './verdict';

const { EventType } = temporal.api.enums.v1;
const effects = ['reserve-inventory', 'charge-payment', 'create-shipment', 'send-confirmation'];
const kinds: ShopKey['kind'][] = ['reservation', 'payment', 'shipment', 'mail'];
const manifest = { nodes: {} } as FlowManifest;

const [drawn] = planCrash({ runs: 1, engineKills: 0, postgresKills: 0, takeovers: 0, seed: 1 }).orders;
const plan = (changes: Partial<OrderPlan> = {}): OrderPlan => ({ ...drawn!, approval: 'none', ...changes });

let order: Order;
let evidence: Evidence;

function play(changes: Partial<OrderPlan> = {}): void {
  order = new Order(plan(changes), {} as Surroundings);
  order.runId = 'r';
  const keys = effects.map((id, index): ShopKey => {
    const key = `default/${order.plan.workflowId}/r/${id}`;
    const rest = { orderId: 'o', state: 'applied' as const, answer: null, at: '', undoneAt: null };
    return { key, kind: kinds[index]!, applied: 1, undone: 0, detail: { deliveryNote: 'ring' }, ...rest };
  });
  evidence = {
    status: 'completed',
    ledger: [],
    waitsFor: [],
    events: [],
    shop: { order: 'o', stock: [], money: [], parcels: 1, mails: 1, keys },
  };
}
const words = () => judgeOrder(order, evidence, manifest).violations.join('; ');
const event = (id: number, attributes: HistoryEvent) => ({ eventId: id as never, ...attributes });

beforeEach(() => play());

describe('an order that completed', () => {
  test('[CV1] has no violation if everything is right', () => {
    expect(judgeOrder(order, evidence, manifest)).toEqual({ kind: 'completed', violations: [] });
  });

  test('[CV2] violates the rules if an effect was applied twice', () => {
    evidence.shop.keys[1]!.applied = 2;
    expect(words()).toContain('charge-payment was applied 2 times');
  });

  test('[CV3] violates the rules if its scenario has to fail or if it was charged without its approval', () => {
    play({ input: { ...plan().input, scenario: 'shipment-down' } });
    expect(words()).toContain('completed in the scenario shipment-down');
    play({ approval: 'reject' });
    expect(words()).toContain('was charged without its approval');
    order.acknowledged.approval = 'approve';
    expect(words()).toBe('');
  });

  test('[CV9] violates the rules if it has two runs, however often its start was requested', () => {
    const [first] = evidence.shop.keys;
    evidence.shop.keys.push({ ...first!, key: `default/${order.plan.workflowId}/another/reserve-inventory` });
    expect(words()).toContain('the shop knows another run of it');
  });

  test('[CV4] violates the rules if the parcel does not have the last accepted note', () => {
    order.acknowledged.note = 'leave it at the door';
    expect(words()).toContain("the parcel says 'ring', and 'leave it at the door' was accepted");
  });
});

describe('acknowledged requests and returned events', () => {
  test('[CV5] a signal, an update and a cancel are recorded exactly once', () => {
    order.acknowledged.signals.push('s');
    order.acknowledged.updates.push({ updateId: 'u', name: 'changeDeliveryNote' });
    order.acknowledged.cancel = true;
    const found = words();
    expect(found).toContain('the signal s was acknowledged and is recorded 0 times');
    expect(found).toContain('the update changeDeliveryNote u was acknowledged and is recorded 0 times');
    expect(found).toContain('the cancel was acknowledged and is recorded 0 times');

    const signal = { workflowExecutionSignaledEventAttributes: { requestId: 's' } };
    evidence.events = [event(1, signal), event(2, signal)];
    expect(words()).toContain('the signal s was acknowledged and is recorded 2 times');
    evidence.events = [event(1, signal)];
    expect(words()).not.toContain('the signal s');
  });

  test('[CV6] a returned event is still in the history, unchanged', () => {
    const eventType = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED;
    const told = event(1, { eventType, workflowExecutionSignaledEventAttributes: { signalName: 'a' } });
    order.told.push(told);
    expect(words()).toContain('event 1 was told');
    evidence.events = [{ ...told, workflowExecutionSignaledEventAttributes: { signalName: 'b' } }];
    expect(words()).toContain('event 1 was told');
    evidence.events = [told];
    expect(words()).not.toContain('was told');
  });
});

describe('an order that waits', () => {
  beforeEach(() => {
    evidence = { ...evidence, status: 'running', shop: { ...evidence.shop, keys: [] } };
    evidence.waitsFor = [
      { kind: 'approval', nodeId: 'n', taskId: 't', question: '', candidates: [], dataHash: '', sinceMs: 0 },
    ];
  });

  test('[CV7] has no violation only if nobody was planned to decide', () => {
    expect(words()).toBe('waits for a person, and nobody was asked to wait');
    order.waits = true;
    expect(words()).toBe('');
    evidence.waitsFor = [];
    expect(words()).toContain('neither closed nor waiting for a person');
  });

  test('[CV8] reports the same effects as its history', () => {
    order.waits = true;
    evidence.ledger = [{ nodeId: 'charge-payment', activityId: 'charge-payment', state: 'notArmed' }];
    expect(words()).toBe('the run says that charge-payment is notArmed, its history says nothing');
  });
});
