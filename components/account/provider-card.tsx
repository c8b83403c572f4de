'use client';

/** The account at the OpenID Connect provider that signs the person in, and the way to disconnect it. */
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import type { OwnAccount } from '@/app/_contract/account';
import { routes } from '@/app/_contract/routes';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { endedWords } from './ended-words';
import { OwnPasswordField } from './own-password-field';

type Provider = NonNullable<OwnAccount['provider']>;

export function ProviderCard({ provider, away }: { provider: Provider; away: string | null }) {
  const [isAsked, setIsAsked] = useState(false);
  return (
    <Card>
      <section aria-labelledby="provider-heading" className="flex flex-wrap items-center gap-3 px-4 py-3">
        <Link2 aria-hidden className="size-4 text-ink-2" />
        <div className="min-w-48 flex-1">
          <h2 id="provider-heading" className="text-sm font-semibold [overflow-wrap:anywhere]">
            Sign-in by {provider.name}
          </h2>
          <p className="text-xs text-ink-2">
            Connected <RelativeTime atMs={provider.connectedMs} />.{' '}
            {provider.onlyWay ?? 'You can sign in with your password as well.'}
          </p>
        </div>
        <Button disabledReason={away ?? provider.onlyWay} onClick={() => setIsAsked(true)}>
          Disconnect
        </Button>
      </section>
      {isAsked ? <Disconnect provider={provider} onClose={() => setIsAsked(false)} /> : null}
    </Card>
  );
}

function Disconnect({ provider, onClose }: { provider: Provider; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const { pending, failure, send } = useSend(['people']);
  const disconnect = async () => {
    const answer = await send<{ ended: number }>(routes.disconnectProvider(), { password });
    if (!answer) return;
    toast.success(`${provider.name} signs you in no more.`, {
      description: answer.ended > 0 ? endedWords(answer.ended) : undefined,
    });
    onClose();
  };
  return (
    <FormDialog
      title={`Disconnect ${provider.name}?`}
      description={`You then sign in with your password. Your other sessions that ${provider.name} began end. Signing in by ${provider.name} again with the same address connects it again.`}
      action="Disconnect"
      pending={pending}
      danger
      onSubmit={() => void disconnect()}
      onClose={onClose}
    >
      <OwnPasswordField failure={failure} value={password} onChange={setPassword} />
    </FormDialog>
  );
}
