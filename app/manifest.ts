import type { MetadataRoute } from 'next';
import { pages } from '@/app/_contract/routes';

/** With it a phone keeps Backstitch on its home screen, and opens it in a window of its own. */
export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'Backstitch',
    short_name: 'Backstitch',
    description: 'Design, run and watch sagas.',
    start_url: pages.home(),
    display: 'standalone',
    background_color: '#fafaf9',
    theme_color: '#1c1917',
    icons: [
      { src: '/backstitch-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/backstitch-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/backstitch-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
    shortcuts: [{ name: 'Approvals', url: pages.inbox() }],
  };
}
