import { MapPinOff } from 'lucide-react';
import Link from 'next/link';
import { pages } from '@/app/_contract/routes';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/states';

export default function NotFound() {
  return (
    <EmptyState
      icon={<MapPinOff aria-hidden />}
      title="There is nothing at this address"
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
