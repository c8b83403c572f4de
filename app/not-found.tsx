import { MapPinOff } from 'lucide-react';
import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';

export default function NotFound() {
  return (
    <EmptyState
      icon={<MapPinOff aria-hidden />}
      title={<h1>There is nothing at this address</h1>}
      action={
        <Button asChild>
          <Link href={pages.home()}>Go home</Link>
        </Button>
      }
    >
      It may have been renamed, or a run may be past its retention.
    </EmptyState>
  );
}
