/** The breadcrumb of a page, computed from its address. */
import { fromPart } from '@/app/_contract/address-part';
import { pages } from '@/app/_contract/routes';

export interface Crumb {
  label: string;
  href: string;
}

const SETTINGS: Record<string, Crumb> = {
  people: { label: 'People', href: pages.people() },
  groups: { label: 'Groups', href: pages.groups() },
  connections: { label: 'Connections', href: pages.connections() },
  events: { label: 'Events out', href: pages.events() },
  keys: { label: 'Keys', href: pages.keys() },
  api: { label: 'API', href: pages.api() },
  audit: { label: 'Audit', href: pages.audit() },
  notifications: { label: 'Notifications', href: pages.notifications() },
  retention: { label: 'Retention', href: pages.retention() },
};
const ROOTS = {
  flows: { label: 'Flows', href: pages.flows() },
  runs: { label: 'Runs', href: pages.runs() },
  attention: { label: 'Attention', href: pages.attention() },
  approvals: { label: 'Approvals', href: pages.inbox() },
  schedules: { label: 'Schedules', href: pages.schedules() },
  workers: { label: 'Workers', href: pages.workers() },
  settings: { label: 'Settings', href: pages.settings() },
} satisfies Record<string, Crumb>;

/** From the outermost page to this one; the last leads to the page itself. */
export function crumbsOf(path: string): Crumb[] {
  const [root = '', ...parts] = path
    .split('/')
    .filter(Boolean)
    .map((part) => fromPart(part) ?? part);
  switch (root) {
    case 'drafts':
      return parts[0] ? [ROOTS.flows, { label: 'Draft', href: pages.draft(parts[0]) }] : [ROOTS.flows];
    case 'templates':
      return [ROOTS.flows, { label: 'Templates', href: pages.templates() }, ...templateCrumbs(parts)];
    case 'flows':
      return [ROOTS.flows, ...flowCrumbs(parts)];
    case 'runs':
      if (parts[0] === 'compare' && !parts[1]) return [ROOTS.runs, { label: 'Compare', href: '/runs/compare' }];
      if (parts[0] === 'open-history' && !parts[1])
        return [ROOTS.runs, { label: 'Open a history', href: pages.openHistory() }];
      return [ROOTS.runs, ...(parts[0] && parts[1] ? [{ label: parts[0], href: pages.run(parts[0], parts[1]) }] : [])];
    case 'batches':
      return [
        ROOTS.runs,
        { label: 'Batches', href: pages.batches() },
        ...(parts[0] ? [{ label: 'A batch of runs', href: pages.batch(parts[0]) }] : []),
      ];
    case 'workers':
      return [ROOTS.workers];
    case 'attention':
      return [ROOTS.attention];
    case 'alerts':
      return [ROOTS.attention, { label: 'Alerts', href: pages.alerts() }];
    case 'schedules':
      return [ROOTS.schedules, ...scheduleCrumbs(parts)];
    case 'new-schedule':
      return [ROOTS.schedules, { label: 'New schedule', href: pages.newSchedule() }];
    case 'approvals':
      return [ROOTS.approvals, ...approvalCrumbs(parts)];
    case 'settings':
      return [ROOTS.settings, ...settingCrumbs(parts)];
    case 'account':
      return [{ label: 'Your account', href: pages.account() }];
    default:
      return [{ label: 'Home', href: pages.home() }];
  }
}

const templateCrumbs = ([template]: string[]): Crumb[] =>
  template ? [{ label: template, href: pages.template(template) }] : [];

/** The id of a task begins with that of its run. */
const approvalCrumbs = ([task]: string[]): Crumb[] =>
  task ? [{ label: task.split('/')[0] ?? task, href: pages.task(task) }] : [];

function scheduleCrumbs([id, below]: string[]): Crumb[] {
  if (!id) return [];
  const own = { label: id, href: pages.schedule(id) };
  return below === 'edit' ? [own, { label: 'Edit', href: pages.editSchedule(id) }] : [own];
}

function flowCrumbs([flow, below]: string[]): Crumb[] {
  if (!flow) return [];
  const own = { label: flow, href: pages.flow(flow) };
  if (below === 'start') return [own, { label: 'Start', href: pages.start(flow) }];
  if (below === 'compare') return [own, { label: 'Compare', href: pages.compare(flow) }];
  return [own];
}

function settingCrumbs([setting = '', connection, below, operation]: string[]): Crumb[] {
  const page = SETTINGS[setting];
  if (!page) return [];
  if (setting === 'events' && connection)
    return [page, { label: 'Subscription', href: pages.subscription(connection) }];
  if (setting !== 'connections' || !connection) return [page];
  const own = { label: connection, href: pages.connection(connection) };
  if (below === 'new-operation') return [page, own, { label: 'New operation', href: pages.newOperation(connection) }];
  if (below === 'operations' && operation)
    return [page, own, { label: operation, href: pages.operation(connection, operation) }];
  return [page, own];
}
