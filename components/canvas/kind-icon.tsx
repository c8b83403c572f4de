import {
  Equal,
  Flag,
  Globe,
  Hourglass,
  ListOrdered,
  OctagonX,
  Radio,
  Repeat,
  Rows2,
  ScrollText,
  Split,
  SquareDashed,
  Timer,
  Workflow,
  UserRoundCheck,
  Zap,
  type LucideIcon,
} from 'lucide-react';
import type { FlowNode, NodeKind } from '@/engine/flow/document';

const KINDS: Record<Exclude<NodeKind, 'action'>, LucideIcon> = {
  child: Workflow,
  choice: Split,
  race: Timer,
  group: SquareDashed,
  each: ListOrdered,
  repeat: Repeat,
  parallel: Rows2,
  wait: Hourglass,
  waitForSignal: Radio,
  approval: UserRoundCheck,
  set: Equal,
  fail: OctagonX,
  end: Flag,
};

/** Shows the kind of a node, never its state. */
export function KindIcon({
  node,
  className,
}: {
  node: Pick<FlowNode, 'kind'> & { activity?: string };
  className?: string;
}) {
  const Icon = node.kind === 'action' ? actionIcon(node.activity ?? '') : KINDS[node.kind];
  return <Icon aria-hidden strokeWidth={1.75} className={className} />;
}
function actionIcon(activity: string): LucideIcon {
  if (activity.startsWith('http')) return Globe;
  if (activity.startsWith('log')) return ScrollText;
  return Zap;
}
