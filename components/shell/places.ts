/** Where a person can go from everywhere: the navigation and the command menu show the same. */
import {
  Bell,
  BellRing,
  BookOpen,
  CalendarClock,
  CalendarX,
  CircleCheckBig,
  CircleUserRound,
  FileClock,
  House,
  KeyRound,
  LayoutTemplate,
  ListChecks,
  ListTree,
  Play,
  Plug,
  Radio,
  ScrollText,
  Server,
  Settings,
  Siren,
  UserRound,
  UsersRound,
  type LucideIcon,
} from 'lucide-react';
import { pages } from '@/app/_contract/routes';
import type { Operation } from '@/engine/permissions/permissions';

export interface Place {
  href: string;
  label: string;
  icon: LucideIcon;
  /** Shown to a person who has this permission for at least one flow. */
  operation: Operation;
  /** On a phone it is in the command menu alone: the navigation there has room for seven places. */
  isWide?: true;
}

export const PLACES: readonly Place[] = [
  { href: pages.home(), label: 'Home', icon: House, operation: 'runs.list' },
  { href: pages.attention(), label: 'Attention', icon: BellRing, operation: 'attention.list' },
  { href: pages.flows(), label: 'Flows', icon: ListTree, operation: 'flows.list' },
  { href: pages.runs(), label: 'Runs', icon: Play, operation: 'runs.list' },
  { href: pages.inbox(), label: 'Approvals', icon: CircleCheckBig, operation: 'inbox.list' },
  { href: pages.schedules(), label: 'Schedules', icon: CalendarClock, operation: 'schedules.list' },
  { href: pages.workers(), label: 'Workers', icon: Server, operation: 'workers.list', isWide: true },
  { href: pages.settings(), label: 'Settings', icon: Settings, operation: 'connections.list' },
];

/** The pages of Settings. */
export const SETTINGS: readonly Place[] = [
  { href: pages.people(), label: 'People', icon: UserRound, operation: 'people.list' },
  { href: pages.groups(), label: 'Groups', icon: UsersRound, operation: 'people.list' },
  { href: pages.connections(), label: 'Connections', icon: Plug, operation: 'connections.list' },
  { href: pages.events(), label: 'Events out', icon: Radio, operation: 'events.list' },
  { href: pages.keys(), label: 'Keys', icon: KeyRound, operation: 'keys.list' },
  { href: pages.api(), label: 'API', icon: BookOpen, operation: 'flows.list' },
  { href: pages.notifications(), label: 'Notifications', icon: Bell, operation: 'notifications.list' },
  { href: pages.retention(), label: 'Retention', icon: CalendarX, operation: 'namespaces.update' },
  { href: pages.audit(), label: 'Audit', icon: ScrollText, operation: 'audit.read' },
];

/** Pages that a link of another page leads to. */
export const FURTHER: readonly Place[] = [
  { href: pages.alerts(), label: 'Alerts', icon: Siren, operation: 'alerts.list' },
  { href: pages.account(), label: 'Your account', icon: CircleUserRound, operation: 'runs.list' },
  { href: pages.openHistory(), label: 'Open a history', icon: FileClock, operation: 'runs.list' },
  { href: pages.batches(), label: 'Batches', icon: ListChecks, operation: 'batches.list' },
  { href: pages.templates(), label: 'Templates', icon: LayoutTemplate, operation: 'flows.list' },
  { href: pages.inbox('view=done'), label: 'Decided approvals', icon: CircleCheckBig, operation: 'inbox.list' },
];
