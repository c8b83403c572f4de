import type { Metadata } from 'next';
import { NoTaskChosen } from '@/components/inbox/no-task-chosen';

export const metadata: Metadata = { title: 'Approvals' };

export default function ApprovalsPage() {
  return <NoTaskChosen />;
}
