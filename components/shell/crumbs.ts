/** Where a page is, read off its address. */
import { fromPart } from '@/app/_contract/address-part';
import { pages } from '@/app/_contract/routes';

export interface Crumb {
  label: string;
  href: string;
}

const ROOTS: Record<string, Crumb> = {
  flows: { label: 'Flows', href: pages.flows() },
  runs: { label: 'Runs', href: pages.runs() },
  approvals: { label: 'Approvals', href: pages.inbox() },
};

export function crumbsOf(path: string): Crumb[] {
  const [root, first, second] = path
    .split('/')
    .filter(Boolean)
    .map((part) => fromPart(part) ?? part);
  const base = root ? ROOTS[root] : undefined;
  if (!base) return [{ label: 'Home', href: pages.home() }];
  if (root === 'flows' && first) {
    const flow = { label: first, href: pages.flow(first) };
    return [base, flow, ...(second === 'start' ? [{ label: 'Start', href: pages.start(first) }] : [])];
  }
  if (root === 'runs' && first && second) return [base, { label: first, href: pages.run(first, second) }];
  if (root === 'approvals' && first) return [base, { label: first.split('/')[0] ?? first, href: pages.task(first) }];
  return [base];
}
