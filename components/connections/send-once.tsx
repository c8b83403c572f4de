'use client';

/** One real call of an operation as the form has it now. Its answer can become the schema of the output. */
import { Send } from 'lucide-react';
import { useState } from 'react';
import type { CallReport, Connection, Operation } from '@/app/_contract/connections';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { addressOf } from '@/engine/flow/connections/connection';
import { lineOf, onlyReads } from '@/engine/flow/connections/operation';
import type { JsonSchema } from '@/engine/flow/document';
import { CallResult, jsonIn } from './call-result';

export function SendOnce({
  connection,
  make,
  inputSchema,
  disabledReason,
  onPropose,
}: {
  connection: Connection;
  /** The operation; null while a field is wrong, which is then shown at that field. */
  make: () => Operation | null;
  /** JSON Schema as text. */
  inputSchema: string;
  disabledReason: string | null;
  /** Null: the schema of the output is not the form's to change. */
  onPropose: ((value: unknown) => void) | null;
}) {
  const [text, setText] = useState<string | null>(null);
  const [asking, setAsking] = useState<{ operation: Operation; input: unknown } | null>(null);
  const [report, setReport] = useState<CallReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const call = useSend();
  const shown = text ?? exampleOf(inputSchema);
  const ask = () => {
    const input = jsonIn(shown);
    setProblem(input ? null : 'This is not JSON.');
    const operation = make();
    if (!operation || !input) return;
    // A read has no effect, so nothing has to be asked.
    if (onlyReads(operation)) void send({ operation, input: input.value });
    else setAsking({ operation, input: input.value });
  };
  const send = async (body: { operation: Operation; input: unknown }) => {
    setReport(null);
    const answer = await call.send<CallReport>(routes.sendOnce(connection.name), body);
    setAsking(null);
    setReport(answer);
  };
  const body = report?.failure === null || report?.failure?.type === 'ResponseInvalid' ? jsonIn(report.text) : null;
  return (
    <div className="flex flex-col gap-3">
      <Field label="Input" required error={problem} help="JSON, as a step would fill it in.">
        <Textarea
          rows={5}
          spellCheck={false}
          className="font-mono text-xs"
          value={shown}
          onChange={({ target }) => setText(target.value)}
        />
      </Field>
      <div>
        <Button disabledReason={disabledReason} pending={call.pending && !asking} onClick={ask}>
          <Send aria-hidden />
          Send once
        </Button>
      </div>
      {call.failure && !asking ? <FailureBand failure={call.failure} /> : null}
      {report ? <CallResult report={report} /> : null}
      {body && onPropose ? (
        <div className="flex flex-wrap items-center gap-2">
          <Button size="sm" onClick={() => onPropose(body.value)}>
            Use this answer as the output
          </Button>
          <span className="text-xs text-ink-2">A schema that fits it replaces the one in the form.</span>
        </div>
      ) : null}
      {asking ? (
        <FormDialog
          title="Send a real call?"
          description={`${lineOf(asking.operation).verb} ${lineOf(asking.operation).text.slice(0, 200)} of ${connection.title}, at ${addressOf(connection)}. The service does what it is asked. Nothing undoes it.`}
          action="Send it"
          leave="Do not send"
          danger
          pending={call.pending}
          onSubmit={() => void send(asking)}
          onClose={() => setAsking(null)}
        >
          {call.failure ? <FailureBand failure={call.failure} /> : null}
        </FormDialog>
      ) : null}
    </div>
  );
}

/** Every field with an empty value of its type. */
function exampleOf(text: string): string {
  const schema = jsonIn(text)?.value as JsonSchema | null | undefined;
  const fields = Object.entries(schema?.properties ?? {}).map(([name, field]) => [name, emptyOf(field)]);
  return JSON.stringify(Object.fromEntries(fields), null, 2);
}

function emptyOf({ type, default: value, enum: values }: JsonSchema): unknown {
  if (value !== undefined) return value;
  if (values) return values[0];
  const EMPTY: Record<string, unknown> = { integer: 1, number: 1, boolean: false, object: {}, array: [] };
  return type === undefined ? '' : (EMPTY[type] ?? '');
}
