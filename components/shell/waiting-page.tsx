'use client';

/**
 * Shown after a person followed a link without a connection: the current page remains, the router retries by itself
 * (`useOffline` in next.config.ts), and this band says so. The band disappears when the requested page is loaded.
 */
import { Unplug } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useEffect, useEffectEvent, useState } from 'react';
import { useMissing } from '@/components/live/use-missing';

export function WaitingPage() {
  const pathname = usePathname();
  const offline = useMissing() === 'link';
  const [wanted, setWanted] = useState<string | null>(null);
  const followed = useEffectEvent((event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="/"]') : null;
    if (link && offline) setWanted(link.getAttribute('aria-label') ?? link.textContent.trim());
  });
  useEffect(() => {
    addEventListener('click', followed, { capture: true });
    return () => removeEventListener('click', followed, { capture: true });
  }, []);
  // The page was loaded, or the person followed another link.
  useEffect(() => setWanted(null), [pathname]);
  if (wanted === null) return null;
  return (
    <div role="status" className="flex items-start gap-2.5 border-b border-fail/40 bg-fail-tint px-4 py-2 text-sm">
      <Unplug aria-hidden className="mt-0.5 size-4 shrink-0 text-fail" />
      <p className="min-w-0">
        {offline
          ? `Backstitch cannot be reached. ${wanted ? `'${wanted}'` : 'The page'} opens by itself when the connection is back; until then this page remains.`
          : `The connection is back; ${wanted ? `'${wanted}'` : 'the page'} is being opened.`}
      </p>
    </div>
  );
}
