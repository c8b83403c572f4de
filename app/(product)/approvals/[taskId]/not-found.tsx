import { MapPinOff } from 'lucide-react';
import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';

export default function TaskNotFound() {
  return (
    <EmptyState
      icon={<MapPinOff aria-hidden />}
      title={<h1>There is no such task</h1>}
      action={
        <Button asChild>
          <Link href={pages.inbox()}>All approvals</Link>
        </Button>
      }
      className="h-full"
    >
      The address may be incomplete. The list has all tasks that wait for you.
    </EmptyState>
  );
}
