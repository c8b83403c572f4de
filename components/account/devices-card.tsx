'use client';

/** The browsers of a person that are told at once what waits for them, also while no page is open. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { BellRing } from 'lucide-react';
import { useState, useSyncExternalStore } from 'react';
import type { DeviceTested, OwnDevice, OwnDevices } from '@/app/_contract/notifications';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { browserWords } from './browser-words';
import { ownEndpoint, turnOffPush, turnOnPush, whyNoPush } from './push';

const ENDPOINT = ['own-endpoint'];

export function DevicesCard({ prefetched, away }: { prefetched: Prefetched<OwnDevices>; away: string | null }) {
  const { data, failure, readAtMs, retry } = useList('people', routes.devices(), prefetched);
  if (data) return <Devices own={data} away={away} />;
  return failure ? <FailureBand failure={failure} asOfMs={readAtMs} onRetry={retry} /> : null;
}

const never = () => () => {};
const LOOKING = 'Looking whether this browser can…';

function Devices({ own, away }: { own: OwnDevices; away: string | null }) {
  const client = useQueryClient();
  // A server does not know the browser.
  const cannot = useSyncExternalStore(never, whyNoPush, () => LOOKING);
  const { data: endpoint = null } = useQuery({ queryKey: ENDPOINT, queryFn: ownEndpoint });
  const [turning, setTurning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { pending, failure, send } = useSend(['people']);
  const here = own.devices.find((device) => device.endpoint === endpoint && !device.isGone) ?? null;
  const others = own.devices.filter((device) => device !== here);

  const turn = async (work: () => Promise<void>) => {
    setTurning(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : 'The browser did not say why.');
    } finally {
      await client.invalidateQueries({ queryKey: ENDPOINT });
      setTurning(false);
    }
  };
  const turnOn = () =>
    turn(async () => {
      const device = await turnOnPush(own.publicKey);
      if (await send(routes.devices(), { id: crypto.randomUUID(), ...device }))
        toast.success('This browser is told from now on.');
    });
  const turnOff = ({ id }: OwnDevice) =>
    turn(async () => {
      if (!(await send(routes.removeDevice(id), {}))) return;
      await turnOffPush();
      toast.success('This browser is told nothing more.');
    });
  const test = async ({ id }: OwnDevice) => {
    const answer = await send<DeviceTested>(routes.testDevice(id), {});
    if (answer?.ok) toast.success(answer.message);
    else if (answer) setProblem(answer.message);
  };
  const remove = async ({ id, userAgent }: OwnDevice) => {
    if (await send(routes.removeDevice(id), {})) toast.success(`${browserWords(userAgent)} is told nothing more.`);
  };
  const busy = pending || turning;
  return (
    <Card>
      <section aria-labelledby="devices-heading">
        <header className="flex flex-wrap items-center gap-3 px-4 py-3">
          <BellRing aria-hidden className="size-4 text-ink-2" />
          <div className="min-w-48 flex-1">
            <h2 id="devices-heading" className="text-sm font-semibold">
              On this device
            </h2>
            <p className="text-xs text-ink-2">
              {here
                ? 'This browser tells you at once when an approval waits for you, also while Backstitch is closed.'
                : 'Be told at once when an approval waits for you, also while Backstitch is closed.'}
            </p>
          </div>
          {here ? (
            <div className="flex flex-wrap gap-2">
              <Button pending={busy} disabledReason={away} onClick={() => void test(here)}>
                Send a test
              </Button>
              <Button pending={busy} disabledReason={away} onClick={() => void turnOff(here)}>
                Tell me no more
              </Button>
            </div>
          ) : (
            <Button pending={busy} disabledReason={away ?? cannot} onClick={() => void turnOn()}>
              Tell me here
            </Button>
          )}
        </header>
        {cannot && cannot !== LOOKING ? <p className="px-4 pb-3 text-xs text-ink-2">{cannot}</p> : null}
        {problem ? (
          <p role="alert" className="border-t border-hairline bg-fail-tint px-4 py-2 text-sm">
            {problem}
          </p>
        ) : null}
        {failure ? (
          <div className="px-4 pb-3">
            <FailureBand failure={failure} />
          </div>
        ) : null}
        {others.length > 0 ? (
          <ul aria-label="Other browsers that are told" className="divide-y divide-hairline border-t border-hairline">
            {others.map((device) => (
              <li key={device.id} className="flex items-center gap-4 px-4 py-2.5">
                <div className="min-w-0 flex-1">
                  <p className="text-sm font-medium">{browserWords(device.userAgent)}</p>
                  <p className="text-xs text-ink-2">
                    {device.isGone ? (
                      "takes no messages any more: press 'Tell me here' there again"
                    ) : (
                      <RelativeTime prefix="told since " atMs={device.createdMs} />
                    )}
                  </p>
                </div>
                <Button size="sm" pending={busy} disabledReason={away} onClick={() => void remove(device)}>
                  Remove
                </Button>
              </li>
            ))}
          </ul>
        ) : null}
      </section>
    </Card>
  );
}
