'use client';

/** The time zone of all screens, by its name or its city. */
import { useMemo } from 'react';
import { Dialog } from '@/components/ui/dialog';
import { PickList, type PickItem } from '@/components/ui/pick-list';
import type { ZoneChoice } from '@/components/ui/time';
import { formatHour } from '@/engine/flow/values/format';
import { nowCalled, zones } from '@/engine/flow/zones';

export function ZoneDialog({
  zone,
  onZone,
  onClose,
}: {
  zone: ZoneChoice;
  onZone: (zone: ZoneChoice) => void;
  onClose: () => void;
}) {
  const items = useMemo(itemsNow, []);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Time zone"
      description="All times on your screens are shown in it, in every browser."
    >
      <div className="rounded-lg border border-hairline">
        <PickList
          items={items}
          label="Time zones"
          placeholder="City or zone"
          chosen={zone}
          onPick={(next) => {
            onZone(next);
            onClose();
          }}
        />
      </div>
    </Dialog>
  );
}

function itemsNow(): PickItem[] {
  const now = Date.now();
  const local: PickItem = {
    key: 'local',
    label: 'As this browser',
    detail: Intl.DateTimeFormat().resolvedOptions().timeZone,
    hint: formatHour(now, undefined),
  };
  return [
    local,
    ...zones().map((name) => ({
      key: name,
      label: name.replaceAll('_', ' '),
      detail: nowCalled[name],
      hint: formatHour(now, name),
    })),
  ];
}
