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
  keys: { label: 'Keys', href: pages.keys() },
  audit: { label: 'Audit', href: pages.audit() },
};
const ROOTS: Record<string, Crumb> = {
  flows: { label: 'Flows', href: pages.flows() },
  runs: { label: 'Runs', href: pages.runs() },
  approvals: { label: 'Approvals', href: pages.inbox() },
  settings: { label: 'Settings', href: pages.settings() },
};

export function crumbsOf(path: string): Crumb[] {
  const [root, first, second] = path
    .split('/')
    .filter(Boolean)
    .map((part) => fromPart(part) ?? part);
  if (root === 'drafts' && first) return [ROOTS.flows!, { label: 'Draft', href: pages.draft(first) }];
  if (root === 'templates') {
    const gallery = [ROOTS.flows!, { label: 'Templates', href: pages.templates() }];
    return first ? [...gallery, { label: first, href: pages.template(first) }] : gallery;
  }
  const base = root ? ROOTS[root] : undefined;
  if (!base) return [{ label: 'Home', href: pages.home() }];
  if (root === 'flows' && first) {
    const flow = { label: first, href: pages.flow(first) };
    return [base, flow, ...(second === 'start' ? [{ label: 'Start', href: pages.start(first) }] : [])];
  }
  if (root === 'runs' && first && second) return [base, { label: first, href: pages.run(first, second) }];
  if (root === 'approvals' && first) return [base, { label: first.split('/')[0] ?? first, href: pages.task(first) }];
  if (root === 'settings' && first === 'connections' && second)
    return [
      base,
      { label: 'Connections', href: pages.connections() },
      { label: second, href: pages.connection(second) },
    ];
  const setting = root === 'settings' && first ? SETTINGS[first] : undefined;
  return setting ? [base, setting] : [base];
}
