'use client';

/** The second factor of one's own account: turned on with an authenticator app, off with the password. */
import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { NewSecondFactor, OwnAccount, RecoveryCodes as MadeCodes } from '@/app/_contract/account';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { usePerson } from '@/components/people/person';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copyable';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Badge, Card } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { endedWords } from './ended-words';
import { OwnPasswordField, problemAt } from './own-password-field';
import { QrCode } from './qr-code';
import { RecoveryCodes } from './recovery-codes';

type Asked = 'on' | 'off' | 'codes';

export function SecondFactor({
  factor,
  forAll,
  away,
}: {
  factor: OwnAccount['secondFactor'];
  /** Everybody needs one here. */
  forAll: boolean;
  away: string | null;
}) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  return (
    <Card>
      <section aria-labelledby="second-factor-heading" className="flex flex-wrap items-center gap-3 px-4 py-3">
        <Smartphone aria-hidden className="size-4 text-ink-2" />
        <div className="min-w-48 flex-1">
          <h2 id="second-factor-heading" className="flex flex-wrap items-center gap-2 text-sm font-semibold">
            Second factor
            {factor.on ? <Badge>On</Badge> : null}
          </h2>
          <p className="text-xs text-ink-2">{factor.on ? onWords(factor) : OFF_WORDS}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          {factor.on ? (
            <>
              <Button disabledReason={away} onClick={() => setAsked('codes')}>
                New recovery codes
              </Button>
              <Button disabledReason={away} onClick={() => setAsked('off')}>
                Turn off
              </Button>
            </>
          ) : (
            <Button disabledReason={away} onClick={() => setAsked('on')}>
              Turn on
            </Button>
          )}
        </div>
      </section>
      {asked === 'on' ? <TurnOn onClose={close} /> : null}
      {asked === 'off' ? <TurnOff forAll={forAll} onClose={close} /> : null}
      {asked === 'codes' ? <NewCodes onClose={close} /> : null}
    </Card>
  );
}

const OFF_WORDS = 'A code of an app on your phone, after the password: a stolen password is then not enough.';

function onWords({ recoveryCodes, trusted }: OwnAccount['secondFactor']): string {
  const codes = recoveryCodes === 1 ? '1 recovery code is left' : `${recoveryCodes} recovery codes are left`;
  const browsers = trusted === 1 ? 'one trusted browser' : `${trusted} trusted browsers`;
  return `Signing in needs a code of your app. ${codes}${trusted > 0 ? `; ${browsers} need${trusted === 1 ? 's' : ''} no code` : ''}.`;
}

/** The password, then the app with its first code, then the recovery codes. `onOn`: closed after all of it. */
export function TurnOn({ onClose, onOn = onClose }: { onClose: () => void; onOn?: () => void }) {
  const [made, setMade] = useState<NewSecondFactor | null>(null);
  const [isOn, setIsOn] = useState(false);
  const [password, setPassword] = useState('');
  const { pending, failure, send } = useSend();
  if (made && isOn) return <Codes codes={made.recoveryCodes} onClose={onOn} />;
  if (made) return <FirstCode made={made} onOn={() => setIsOn(true)} onClose={onClose} />;
  return (
    <FormDialog
      title="Turn on the second factor"
      description="You need an authenticator app, on a phone or in a password manager. You stay signed in here; all your other sessions end."
      action="Continue"
      pending={pending}
      onSubmit={() => void send<NewSecondFactor>(routes.prepareSecondFactor(), { password }).then(setMade)}
      onClose={onClose}
    >
      <OwnPasswordField failure={failure} value={password} onChange={setPassword} />
    </FormDialog>
  );
}

function FirstCode({ made, onOn, onClose }: { made: NewSecondFactor; onOn: () => void; onClose: () => void }) {
  const [code, setCode] = useState('');
  const { pending, failure, send } = useSend(['people']);
  const problem =
    failure?.code === 'wrongCode'
      ? `${failure.message} Scan the picture above, and let the phone set its clock by itself.`
      : problemAt(failure, '/code');
  const turnOn = async () => {
    const answer = await send<{ ended: number }>(routes.turnOnSecondFactor(), { code });
    if (!answer) return setCode('');
    toast.success('The second factor is on.', {
      description: answer.ended > 0 ? endedWords(answer.ended) : undefined,
    });
    onOn();
  };
  return (
    <FormDialog
      title="Add Backstitch to your app"
      description="Scan the picture with the app, or type the key. Nothing changes until a first code was right."
      action="Turn on"
      pending={pending}
      onSubmit={() => void turnOn()}
      onClose={onClose}
    >
      {failure && !problem ? <FailureBand failure={failure} /> : null}
      <QrCode text={made.uri} label="QR code with the key for your app" className="size-44 self-center rounded-md" />
      <div className="flex items-center gap-2 rounded-md border border-hairline bg-sunken py-1 pl-3 pr-1">
        <code aria-label="Key" className="min-w-0 flex-1 select-all break-words font-mono text-xs">
          {made.key.replace(/(.{4})(?=.)/g, '$1 ')}
        </code>
        <CopyButton text={made.key} label="Copy the key" />
      </div>
      <Field label="Code" required help="The six digits that the app shows now." error={problem}>
        <Input
          inputMode="numeric"
          autoComplete="one-time-code"
          spellCheck={false}
          maxLength={20}
          className="font-mono tracking-widest"
          value={code}
          onChange={({ target }) => setCode(target.value)}
        />
      </Field>
    </FormDialog>
  );
}

function Codes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const { email } = usePerson();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keep your recovery codes"
      description="Each signs you in once when you do not have your app. They are shown only now: keep them where you do not keep the phone."
      footer={
        <Button variant="primary" onClick={onClose}>
          I have kept them
        </Button>
      }
    >
      <RecoveryCodes codes={codes} email={email} />
    </Dialog>
  );
}

function NewCodes({ onClose }: { onClose: () => void }) {
  const [codes, setCodes] = useState<string[] | null>(null);
  const [password, setPassword] = useState('');
  const { pending, failure, send } = useSend(['people']);
  const renew = async () => {
    const answer = await send<MadeCodes>(routes.renewRecoveryCodes(), { password });
    if (answer) setCodes(answer.recoveryCodes);
  };
  if (codes) return <Codes codes={codes} onClose={onClose} />;
  return (
    <FormDialog
      title="New recovery codes"
      description="Ten new codes. Those of before stop working."
      action="Make new codes"
      pending={pending}
      onSubmit={() => void renew()}
      onClose={onClose}
    >
      <OwnPasswordField failure={failure} value={password} onChange={setPassword} />
    </FormDialog>
  );
}

function TurnOff({ forAll, onClose }: { forAll: boolean; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const { pending, failure, send } = useSend(['people']);
  const turnOff = async () => {
    if (!(await send(routes.turnOffSecondFactor(), { password }))) return;
    toast.success('The second factor is off.');
    onClose();
  };
  return (
    <FormDialog
      title="Turn off the second factor?"
      description={
        forAll
          ? 'The app and the recovery codes stop working. Everybody needs a second factor here: you set up another one at once, for example on another phone.'
          : 'The password alone then signs you in. The app and the recovery codes stop working; for another phone, turn it on again afterwards.'
      }
      action="Turn off"
      pending={pending}
      danger
      onSubmit={() => void turnOff()}
      onClose={onClose}
    >
      <OwnPasswordField failure={failure} value={password} onChange={setPassword} />
    </FormDialog>
  );
}
