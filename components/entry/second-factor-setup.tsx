'use client';

/** For somebody who signed in with a password alone where everybody needs a second factor: nothing else is open to them. */
import { KeySquare, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { AppFailure } from '@/app/_contract/errors';
import type { Person } from '@/app/_contract/people';
import { pages, routes } from '@/app/_contract/routes';
import { AddPasskey, useHost, whyNotHere } from '@/components/account/passkeys';
import { TurnOn } from '@/components/account/second-factor';
import { failureFrom, postJson } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { PersonAtDoor } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { PasskeyButton } from './passkey-button';

interface SetupProps {
  person: Person;
  back: string;
  /** They have one, and did not sign in with it. */
  hasPasskey: boolean;
  /** Where passkeys can be made; null: nowhere. */
  passkeyHost: string | null;
}

export function SecondFactorSetup({ person, back, hasPasskey, passkeyHost }: SetupProps) {
  const [asked, setAsked] = useState<'app' | 'passkey' | null>(null);
  const [failure, setFailure] = useState<AppFailure | null>(null);
  const here = useHost();
  const close = () => setAsked(null);
  // A full page load: every page was refused until now.
  const goOn = () => location.assign(back);
  const signOut = async () => {
    try {
      await postJson(routes.signOut(), {});
      location.assign(pages.signIn(back));
    } catch (error) {
      setFailure(failureFrom(error));
    }
  };
  return (
    <PersonAtDoor person={person}>
      <h1 className="text-xl font-semibold">{hasPasskey ? 'Use your second factor' : 'Set up a second factor'}</h1>
      <p className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere]">
        You are {person.email}. Everybody who signs in with a password needs a second factor here, so that a stolen
        password is not enough. {hasPasskey ? 'Sign in with your passkey, or add an app.' : 'Choose one to go on.'}
      </p>
      <div className="mt-4 flex flex-col gap-3">
        {failure ? <FailureBand failure={failure} /> : null}
        {hasPasskey ? <PasskeyButton back={back} onFailure={setFailure} /> : null}
        <Button
          variant={hasPasskey ? 'secondary' : 'primary'}
          className="h-9 pointer-coarse:h-11"
          onClick={() => setAsked('app')}
        >
          <Smartphone aria-hidden />
          Set up an authenticator app
        </Button>
        {hasPasskey ? null : (
          <Button
            className="h-9 pointer-coarse:h-11"
            disabledReason={whyNotHere(passkeyHost, here)}
            onClick={() => setAsked('passkey')}
          >
            <KeySquare aria-hidden />
            Add a passkey
          </Button>
        )}
        <Button variant="ghost" size="sm" className="self-center" onClick={() => void signOut()}>
          Sign out
        </Button>
        <p className="text-xs text-ink-2">
          An app shows a code after the password. A passkey signs you in with a finger, your face or the code of a
          device.
        </p>
      </div>
      {asked === 'app' ? <TurnOn onClose={close} onOn={goOn} /> : null}
      {asked === 'passkey' ? <AddPasskey onClose={close} onAdded={goOn} /> : null}
    </PersonAtDoor>
  );
}
