'use client';

import { startAuthentication, type PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/browser';
import { KeySquare } from 'lucide-react';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import { routes } from '@/app/_contract/routes';
import { failureFrom, postJson } from '@/components/live/api';
import { Button } from '@/components/ui/button';
import { deviceFailure } from './device-failure';

/** Signs in with a passkey of this device, which is both factors, and leads to `back`. */
export function PasskeyButton({ back, onFailure }: { back: string; onFailure: (failure: AppFailure | null) => void }) {
  const [pending, setPending] = useState(false);
  const enter = async () => {
    setPending(true);
    onFailure(null);
    try {
      const optionsJSON = await postJson<PublicKeyCredentialRequestOptionsJSON>(routes.beginPasskeySignIn(), {});
      const response = await startAuthentication({ optionsJSON });
      await postJson(routes.signInWithPasskey(), { response });
      location.assign(back);
    } catch (error) {
      onFailure(deviceFailure(error) ?? failureFrom(error));
      setPending(false);
    }
  };
  return (
    <Button className="h-9" pending={pending} onClick={() => void enter()}>
      <KeySquare aria-hidden />
      Sign in with a passkey
    </Button>
  );
}
