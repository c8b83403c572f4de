'use client';

/**
 * How a program or an agent starts this flow: the calls, a typed client and the tools, ready to paste, with the input
 * that the form would be filled with.
 */
import { useQuery } from '@tanstack/react-query';
import { BookOpen, Download, KeyRound } from 'lucide-react';
import dynamic from 'next/dynamic';
import type { ReactNode } from 'react';
import { pages, routes } from '@/app/_contract/routes';
import { failureFrom, getFile } from '@/components/live/api';
import { FailureBand } from '@/components/live/failure-band';
import { Button } from '@/components/ui/button';
import { CopyText } from '@/components/ui/copy-text';
import { CopyButton } from '@/components/ui/copyable';
import { LinkButton } from '@/components/ui/link-button';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { download } from './download';
import { agentConfig, callsOf, usageOf } from './program-texts';

const CodeView = dynamic(() => import('@/components/code/code-view'), { ssr: false });

export interface FromProgramProps {
  flow: string;
  title: string;
  /** Where this Backstitch is. */
  origin: string;
  input: unknown;
}

export function FromProgram({ flow, title, origin, input }: FromProgramProps) {
  const client = useQuery({
    queryKey: ['client-of', flow],
    queryFn: async () => (await getFile(routes.typescriptClient(flow))).blob.text(),
    staleTime: 60_000,
  });
  return (
    <div className="grid min-w-0 gap-4">
      <p className="flex flex-wrap items-center justify-between gap-3 text-sm text-ink-2">
        <span className="max-w-prose">
          Programs need an API key whose role may start runs. What one did is in the audit trail under its name.
        </span>
        <span className="flex flex-wrap gap-2">
          <LinkButton size="sm" href={pages.keys()}>
            <KeyRound aria-hidden />
            API keys
          </LinkButton>
          <LinkButton size="sm" href={pages.api(`startRun_${flow}`)}>
            <BookOpen aria-hidden />
            API
          </LinkButton>
        </span>
      </p>
      <Piece
        title="Over HTTP"
        description="The second call answers when the run has ended, or after a minute. With the same Idempotency-Key a start that is sent again starts nothing more."
        text={callsOf(origin, flow, input)}
        label="Calls with curl"
      />
      <Card className="min-w-0">
        <CardHeader
          title="TypeScript"
          description="One file, typed by the schemas of this flow; it needs nothing but fetch."
          actions={
            <Button
              size="sm"
              disabled={!client.data}
              onClick={() => download(`${flow}.ts`, new Blob([client.data ?? ''], { type: 'text/plain' }))}
            >
              <Download aria-hidden />
              Download {flow}.ts
            </Button>
          }
        />
        <CardBody className="grid gap-3">
          <CopyText text={usageOf(origin, flow, input)} label="How the client is used" />
          {client.error ? (
            <FailureBand failure={failureFrom(client.error)} />
          ) : (
            <div className="relative h-80 overflow-hidden rounded-md border border-hairline">
              <div className="absolute right-2 top-2 z-10 rounded-md bg-card">
                <CopyButton text={client.data ?? ''} label="Copy the client" />
              </div>
              {client.data ? (
                <CodeView
                  text={client.data}
                  lit={null}
                  compareWith={null}
                  onLine={ignore}
                  label={`Client of ${title}`}
                />
              ) : (
                <p className="p-3 text-xs text-ink-2">Making the client…</p>
              )}
            </div>
          )}
        </CardBody>
      </Card>
      <Piece
        title="Agents"
        description="The same as tools, by the Model Context Protocol: an agent can list flows, start and inspect runs, send signals and, if its key may, decide approvals."
        text={agentConfig(origin)}
        label="Configuration of an agent"
      />
    </div>
  );
}
const ignore = () => {};

function Piece({
  title,
  description,
  text,
  label,
}: {
  title: string;
  description: ReactNode;
  text: string;
  label: string;
}) {
  return (
    <Card className="min-w-0">
      <CardHeader title={title} description={description} />
      <CardBody>
        <CopyText text={text} label={label} />
      </CardBody>
    </Card>
  );
}
