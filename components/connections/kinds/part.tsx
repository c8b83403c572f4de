/** One part of the form of an operation. */
import type { ReactNode } from 'react';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';

export function Part({ title, description, children }: { title: string; description?: string; children: ReactNode }) {
  return (
    <Card>
      <CardHeader title={title} description={description} />
      <CardBody className="flex flex-col gap-4">{children}</CardBody>
    </Card>
  );
}
