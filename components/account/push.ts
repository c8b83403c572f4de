'use client';

/** This browser as one that is told by push: what it can, whether it is on, how it is turned on and off. */
import type { AddDevice } from '@/app/_contract/notifications';

const WORKER = '/sw.js';

/** Null: it can be turned on here. */
export function whyNoPush(): string | null {
  if (!window.isSecureContext) return 'Browsers allow this only at an address with https://.';
  if (!('serviceWorker' in navigator) || !('PushManager' in window))
    return 'This browser cannot. On an iPhone or iPad, add Backstitch to the home screen first, and open it from there.';
  if (Notification.permission === 'denied')
    return 'The browser forbids it. Allow notifications of this page in the settings of the browser, then load the page again.';
  return null;
}

/** Where the maker of this browser takes messages for it; null: it is off. */
export async function ownEndpoint(): Promise<string | null> {
  if (whyNoPush()) return null;
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription())?.endpoint ?? null;
}

/** Asks the person. Throws an error whose message says why it is not on. */
export async function turnOnPush(publicKey: string): Promise<Omit<AddDevice, 'id'>> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('You did not allow it in the browser.');
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const before = await pushManager.getSubscription();
  // Of another Backstitch at this address, or of before its keys changed.
  if (before && keyOf(before) !== publicKey) await before.unsubscribe();
  const subscription = await pushManager
    .subscribe({ userVisibleOnly: true, applicationServerKey: publicKey })
    .catch((error: unknown) => {
      const why = error instanceof Error ? error.message : '';
      throw new Error(`The browser could not reach the push service of its maker. ${why}`.trim(), { cause: error });
    });
  const { endpoint, keys } = subscription.toJSON();
  return { endpoint: endpoint ?? '', keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' } };
}

export async function turnOffPush(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer(0));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
