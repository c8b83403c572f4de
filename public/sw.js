/**
 * Shows what Backstitch tells this browser, and opens its page. It keeps no pages and answers no requests: what people see is
 * always from the server.
 */
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const { title, body, url, tag } = event.data.json();
  const options = { body, tag, renotify: true, icon: '/backstitch-192.png', data: { url } };
  event.waitUntil(self.registration.showNotification(title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.url, self.location.origin)));
});

/** In a window that is open already, if there is one. */
async function open(url) {
  // Nobody else can send a message to this browser; a page elsewhere is not opened all the same.
  if (url.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const [there] = windows.sort((a, b) => Number(b.focused) - Number(a.focused));
  // Null if it is none that this worker may move.
  const moved = (await there?.navigate(url).catch(() => null)) ?? null;
  if (moved) await moved.focus().catch(() => undefined);
  else await self.clients.openWindow(url);
}
