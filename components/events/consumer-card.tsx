'use client';

/** The other side: what arrives, and how a receiver verifies it. */
import { useState } from 'react';
import type { EventTarget } from '@/app/_contract/events';
import { CopyButton } from '@/components/ui/copyable';
import { Select } from '@/components/ui/field';
import { Card, CardBody, CardHeader } from '@/components/ui/surface';
import { readStream, SAMPLE, VERIFY_NODE, VERIFY_PYTHON } from './consumer';

export function ConsumerCard({ target }: { target: EventTarget }) {
  const stream = target.kind === 'stream' ? target.stream : null;
  const texts = {
    ...(stream === null ? {} : { stream: { label: 'Read the stream', text: readStream(stream) } }),
    node: { label: 'Verify with Node.js', text: VERIFY_NODE },
    python: { label: 'Verify with Python', text: VERIFY_PYTHON },
    sample: { label: 'An event', text: SAMPLE },
  };
  const names = Object.keys(texts);
  const [name, setName] = useState(names[0] ?? 'node');
  const { label, text } = texts[name as keyof typeof texts] ?? texts.node;
  return (
    <Card>
      <CardHeader title="The receiver" description="CloudEvents 1.0 as JSON, signed as Standard Webhooks says." />
      <CardBody className="grid gap-3 text-sm">
        <ul className="max-w-prose list-disc space-y-1 pl-5 text-ink-2">
          <li>
            {stream === null
              ? 'Answer with 2xx within 15 seconds, when the event is stored. Anything else is tried again, for five days.'
              : 'A message has the fields webhook-id, webhook-timestamp, webhook-signature, type and event, which is the JSON.'}
          </li>
          <li>An event may come more than once, with the same id. Remember the ids of the last days.</li>
          <li>
            Events of a run come in their order. Take <code className="font-mono text-xs">sequence</code> to tell which
            of two is newer: it is compared as text.
          </li>
          <li>
            Verify the signature before you read the event
            {stream === null ? ', and refuse a time that is older than five minutes' : ''}. While a secret is replaced,
            there are two signatures, and one that fits is enough.
          </li>
          <li>New fields may be added to events. Ignore those that you do not know.</li>
        </ul>
        <div className="max-w-64">
          <Select
            aria-label="Code"
            options={names.map((value) => ({ value, label: texts[value as keyof typeof texts]?.label ?? '' }))}
            value={name}
            onValueChange={setName}
          />
        </div>
        <div className="relative min-w-0">
          <div className="absolute right-1 top-1 rounded-md bg-paper">
            <CopyButton text={text} label="Copy the code" />
          </div>
          <pre
            tabIndex={0}
            aria-label={label}
            className="max-h-96 overflow-auto rounded-md border border-hairline bg-paper py-2 pl-3 pr-10 font-mono text-xs leading-5"
          >
            {text}
          </pre>
        </div>
      </CardBody>
    </Card>
  );
}
