'use client';

import { Archive, ArchiveRestore, Ellipsis, GitCompare, History, SquareArrowOutUpRight } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { DraftSummary } from '@/app/_contract/drafts';
import type { VersionRow } from '@/app/_contract/flows';
import { pages } from '@/app/_contract/routes';
import { useWhyNot } from '@/components/people/person';
import { IconButton } from '@/components/ui/button';
import { Menu, MenuItem } from '@/components/ui/menu';

interface VersionMenuProps {
  flow: string;
  version: VersionRow;
  newest: number | null;
  /** The version before it. */
  earlier: number | null;
  draft: DraftSummary | null;
  onDo: (what: 'retire' | 'unretire' | 'restore') => void;
}

export function VersionMenu({ flow, version, newest, earlier, draft, onDo }: VersionMenuProps) {
  const router = useRouter();
  const mayRestore = useWhyNot('drafts.restore', flow);
  const mayRetire = useWhyNot('flows.retire', flow);
  const number = version.version;
  const isRetired = version.retired !== null;
  return (
    <Menu
      trigger={
        <IconButton size="sm" label={`More about version ${number}`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      <MenuItem icon={<SquareArrowOutUpRight aria-hidden />} onSelect={() => router.push(pages.flow(flow, number))}>
        Open
      </MenuItem>
      {earlier === null ? null : (
        <MenuItem icon={<GitCompare aria-hidden />} onSelect={() => router.push(pages.compare(flow, earlier, number))}>
          {`Changes since v${earlier}`}
        </MenuItem>
      )}
      {newest !== null && newest !== number ? (
        <MenuItem icon={<GitCompare aria-hidden />} onSelect={() => router.push(pages.compare(flow, number, newest))}>
          {`Compare with v${newest}`}
        </MenuItem>
      ) : null}
      {draft ? (
        <MenuItem
          icon={<GitCompare aria-hidden />}
          onSelect={() => router.push(pages.compare(flow, number, `draft:${draft.id}`))}
        >
          Compare with the draft
        </MenuItem>
      ) : null}
      <MenuItem
        icon={<History aria-hidden />}
        disabled={mayRestore !== null}
        description={mayRestore ?? (draft ? 'Replaces what the open draft has' : 'As a new draft')}
        onSelect={() => onDo('restore')}
      >
        Restore as a draft…
      </MenuItem>
      <MenuItem
        icon={isRetired ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />}
        disabled={mayRetire !== null}
        description={mayRetire ?? (isRetired ? 'It starts new runs again' : 'It starts no new runs')}
        onSelect={() => onDo(isRetired ? 'unretire' : 'retire')}
      >
        {isRetired ? 'Take the retirement back…' : 'Retire…'}
      </MenuItem>
    </Menu>
  );
}
