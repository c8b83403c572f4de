import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  flowsOf,
  may,
  mayAnywhere,
  mayForType,
  OPERATIONS,
  PROCESS_ROLES,
  ROLE_NAMES,
  ROLES,
  whyNot,
  type Grant,
  type Operation,
  type Role,
} from './permissions';

const everywhere = (...roles: Grant['role'][]) => ({ grants: roles.map((role) => ({ role, flow: null })) });
const operations = Object.keys(OPERATIONS) as Operation[];
const allowed = (role: Grant['role']) => operations.filter((operation) => may(everywhere(role), operation));

test('[PM1] each role has exactly these permissions', () => {
  const reads = operations.filter((operation) => OPERATIONS[operation] === 'read');
  expect(allowed('viewer')).toEqual(reads);
  expect(allowed('approver').filter((each) => !reads.includes(each))).toEqual([
    'inbox.decide',
    'inbox.takeBack',
    'inbox.askQuestion',
    'inbox.withdrawQuestion',
    'inbox.claim',
    'inbox.release',
    'inbox.delegate',
    'inbox.endDelegation',
  ]);
  expect(allowed('operator')).toContain('runs.decideUndo');
  for (const operation of ['inbox.decide', 'flows.publish', 'secrets.put', 'keys.create', 'audit.read'] as const) {
    expect(may(everywhere('operator'), operation), operation).toBe(false);
  }
  expect(may(everywhere('designer'), 'flows.publish')).toBe(true);
  expect(may(everywhere('designer'), 'inbox.decide')).toBe(false);
  const ofProcesses = ['tasks.open', 'tasks.close', 'alerts.tell', 'keys.check', 'people.speakFor'];
  expect(operations.filter((operation) => !may(everywhere('admin'), operation))).toEqual(ofProcesses);
});

test('[PM2] a client without a key may operate, but not publish, use secrets or decide for a person', () => {
  expect(may(everywhere('local'), 'runs.terminate')).toBe(true);
  for (const operation of operations) {
    const permission = OPERATIONS[operation];
    expect(may(everywhere('local'), operation), operation).toBe(permission === 'read' || permission === 'operate');
  }
});

test('[PM3] a process has only the permissions that it needs', () => {
  expect(allowed('worker')).toEqual(['tasks.open', 'tasks.close', 'alerts.tell']);
  expect(may(everywhere('web'), 'tasks.open')).toBe(false);
  expect(may(everywhere('owner'), 'inbox.decide')).toBe(false);
  expect(
    Object.entries(PROCESS_ROLES).filter(([, set]) => (set as readonly string[]).includes('speakForPeople'))
  ).toHaveLength(1);
});

test('[PM4] a role for one flow covers that flow, and nothing that belongs to no flow', () => {
  const subject = { grants: [{ role: 'operator', flow: 'order' } as const, { role: 'viewer', flow: null } as const] };
  expect(may(subject, 'runs.start', 'order')).toBe(true);
  expect(may(subject, 'runs.start', 'refund')).toBe(false);
  expect(may(subject, 'runs.start')).toBe(false);
  expect(mayAnywhere(subject, 'runs.start')).toBe(true);
  expect(flowsOf(subject, 'runs.start')).toEqual(['order']);
  expect(flowsOf(subject, 'runs.get')).toBe(null);
  expect(whyNot(subject, 'runs.start', 'refund')).toBe(
    "Your role (operator for order, viewer) does not allow you to start, signal, stop or schedule runs of 'refund'."
  );
  expect(whyNot(subject, 'runs.start', 'order')).toBe(null);
});

test('[PM5] a run belongs to a flow by its workflow type, whose prefix no other flow has', () => {
  const subject = { grants: [{ role: 'viewer', flow: 'order' } as const] };
  expect(mayForType(subject, 'runs.get', 'order_v3')).toBe(true);
  for (const type of ['orderFulfilment_v1', 'order', 'Order_v1', 'another', ''])
    expect(mayForType(subject, 'runs.get', type), type).toBe(false);
  expect(mayForType(everywhere('viewer'), 'runs.get', 'another')).toBe(true);
});

test('[PM6] an unknown role and an inherited property name allow nothing', () => {
  for (const role of ['root', 'constructor', '__proto__', ''])
    expect(
      operations.filter((each) => may(everywhere(role as Role), each)),
      role
    ).toEqual([]);
  expect(whyNot({ grants: [] }, 'runs.get')).toBe('You have no role, so you may not view this.');
});

const grant = fc.record({ role: fc.constantFrom(...ROLE_NAMES), flow: fc.constantFrom(null, 'a', 'b') });
const subject = fc.record({ grants: fc.array(grant, { maxLength: 4 }) });

test('[PM7] more grants never remove a permission, and a key never allows more than its owner may do', () => {
  fc.assert(
    fc.property(
      subject,
      subject,
      fc.constantFrom(...operations),
      fc.constantFrom(null, 'a', 'b'),
      (one, two, operation, flow) => {
        const both = { grants: [...one.grants, ...two.grants] };
        expect(may(both, operation, flow)).toBe(may(one, operation, flow) || may(two, operation, flow));
        const key = { ...one, within: two };
        expect(may(key, operation, flow)).toBe(may(one, operation, flow) && may(two, operation, flow));
        const flows = flowsOf(key, operation);
        if (flow !== null) expect(flows === null || flows.includes(flow)).toBe(may(key, operation, flow));
        expect(mayAnywhere(key, operation)).toBe([null, 'a', 'b'].some((each) => may(key, operation, each)));
        expect(whyNot(key, operation, flow) === null).toBe(may(key, operation, flow));
      }
    )
  );
});

test('[PM8] admin has every permission that another role of people has', () => {
  const others = Object.values(ROLES).flat() as string[];
  expect([...new Set(others)].sort()).toEqual([...ROLES.admin].sort());
});
