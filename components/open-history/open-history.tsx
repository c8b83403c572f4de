'use client';

/** Where a history is opened: dropped, chosen or pasted. The file stays in this browser until somebody replays it. */
import { FileClock, Upload } from 'lucide-react';
import { useEffect, useRef, useState, type DragEvent } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Field, Textarea } from '@/components/ui/field';
import { ErrorState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { LARGEST, tooLarge, type HistoryFile } from '@/engine/run-view/history-file';
import { FileRun } from './file-run';
import { readHistory } from './read-history';

interface Opened {
  /** Of the file; null: pasted. */
  name: string | null;
  text: string;
  history: HistoryFile;
}

export function OpenHistory() {
  const [opened, setOpened] = useState<Opened | null>(null);
  return opened ? (
    <FileRun
      // Another file begins anew.
      key={`${opened.history.runId} ${opened.text.length}`}
      history={opened.history}
      text={opened.text}
      name={opened.name}
      onClose={() => setOpened(null)}
    />
  ) : (
    <Choice onOpened={setOpened} />
  );
}

function Choice({ onOpened }: { onOpened: (opened: Opened) => void }) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [reading, setReading] = useState(false);
  const [isOver, setIsOver] = useState(false);
  const chooser = useRef<HTMLInputElement>(null);
  const gone = useRef(false);
  useEffect(() => () => void (gone.current = true), []);
  const open = async (given: string, name: string | null) => {
    setReading(true);
    setProblem(null);
    const read = await readHistory(given);
    if (gone.current) return;
    setReading(false);
    if ('problem' in read) setProblem(read.problem);
    else onOpened({ name, text: given, history: read.history });
  };
  const openFile = async (files: FileList | null) => {
    const [file] = files ?? [];
    if (!file || reading) return;
    // Before it is read: a file of a gigabyte would fill the memory of the tab.
    if (file.size > LARGEST * 2) return setProblem(tooLarge(file.size));
    try {
      await open(await file.text(), file.name);
    } catch {
      setReading(false);
      setProblem(`The browser could not read ${file.name}. If it is a folder, choose the file in it.`);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    void openFile(event.dataTransfer.files);
  };
  return (
    <div className="mx-auto flex max-w-3xl flex-col gap-4 p-4">
      <header>
        <h1 className="text-xl font-semibold">Open a history</h1>
        <p className="text-sm text-ink-2">
          See the run of a file that somebody sent you. No run is made of it, and nothing is sent.
        </p>
      </header>
      {problem ? <ErrorState compact title={problem} /> : null}
      <Card>
        <div
          onDragOver={(event) => {
            event.preventDefault();
            setIsOver(true);
          }}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
          className={cn(
            'm-3 flex flex-col items-center gap-3 rounded-lg border border-dashed border-mark px-4 py-10 text-center',
            isOver && 'bg-sunken'
          )}
        >
          <FileClock aria-hidden className="size-8 text-mark" />
          <p className="text-sm">
            Drop a file here: a history that was downloaded from Backstitch or from Temporal’s screens, or the output of{' '}
            <code className="font-mono text-xs">temporal workflow show --output json</code>.
          </p>
          <input
            ref={chooser}
            type="file"
            accept=".json,application/json"
            aria-label="File with a history"
            className="sr-only"
            tabIndex={-1}
            onChange={({ target }) => {
              void openFile(target.files).finally(() => {
                // The same file again is a change too.
                target.value = '';
              });
            }}
          />
          <Button variant="primary" pending={reading} onClick={() => chooser.current?.click()}>
            <Upload aria-hidden />
            Choose a file
          </Button>
        </div>
        <form
          className="flex flex-col gap-3 border-t border-hairline p-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (!reading && text.trim() !== '') void open(text, null);
          }}
        >
          <Field label="Or paste its JSON">
            <Textarea
              rows={6}
              spellCheck={false}
              className="font-mono text-xs"
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          </Field>
          <Button
            type="submit"
            className="self-start"
            pending={reading}
            disabledReason={text.trim() === '' ? 'Paste a history first.' : null}
          >
            Open it
          </Button>
        </form>
      </Card>
    </div>
  );
}
