/** The README of an exported project. Texts of people are plain text in it, never Markdown. */
import type { FlowManifest } from '../flow/manifest';
import { visibleText } from '../flow/values/text';
import type { Variable } from './environment';

export function readmeOf(
  { document, workflowType, sha }: FlowManifest,
  variables: readonly Variable[],
  {
    below,
    hasApprovals,
    hasScripts,
    unwritten,
    copied,
    toCopy,
  }: {
    /** The flows that run below it, with their folders in src/workflows. */
    below: readonly { title: string; type: string; path: string; searchable: Searchable }[];
    hasApprovals: boolean;
    hasScripts: boolean;
    unwritten: readonly string[];
    /** Functions of the operator's own folder whose source is part of the project. */
    copied: readonly string[];
    /** Those whose source is not. */
    toCopy: readonly string[];
  }
): string {
  const searchable = Object.assign({}, document.searchable, ...below.map((each) => each.searchable)) as Searchable;
  const attributes = attributesOf(searchable);
  return `# ${plain(document.title.replace(/\s+/g, ' '))}

${plain(document.description ?? 'A saga, exported from Backstitch.')}

A Temporal project in TypeScript. It needs Node 20.19 or later and a Temporal service, and nothing of Backstitch.

| | |
|---|---|
| \`src/workflows/workflow.ts\` | the workflow, \`${workflowType}\` |
${below
  .map(
    ({ title, type, path }) =>
      `| \`src/workflows/${path}\` | \`${type}\`: ${plain(title.replace(/\s+/g, ' '))}, which runs as a child |\n`
  )
  .join('')}| \`src/saga\` | the library that keeps the stack of undos; it imports only \`@temporalio/workflow\` |
| \`src/activities\` | what the steps call |
| \`src/worker.ts\`, \`src/client.ts\` | a worker, and a client that starts a run |
| \`test\` | plays the workflow with time skipping: all goes well, and a step fails |
| \`flow.json\` | the drawing, which Backstitch can import again |

## Run it

\`\`\`sh
npm install
cp .env.example .env   # fill in the variables below
npm test          # downloads Temporal's test server; TEMPORAL_TEST_SERVER names one that is there already
temporal server start-dev ${attributes.map(([name, type]) => `--search-attribute ${name}=${type}`).join(' ')}
npm start         # in a second shell: the worker
npm run workflow  # in a third one: starts a run, with an example or with the input in a file
\`\`\`

A service other than the development server needs these search attributes once. ${whenWritten(searchable)}

\`\`\`sh
temporal operator search-attribute create ${attributes.map(([name, type]) => `--name ${name} --type ${type}`).join(' ')}
\`\`\`

## Variables of the environment

They are read from the environment, and from the file \`.env\` if there is one. Which Temporal service is used is said as
for the other SDKs (\`@temporalio/envconfig\`): TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…, or
TEMPORAL_PROFILE and \`temporal.toml\`. Without any of them it is localhost:7233.${
    variables.length === 0
      ? ''
      : ` The worker also needs:

| variable | what |
|---|---|
${variables.map(({ name, what }) => `| ${name} | ${what} |`).join('\n')}`
  }

## What to know

- A step that fails for good makes the run undo what came before it, the last first. If it is unknown whether a step
  happened, the run undoes it, looks it up or asks, as the step says. The update \`__decideOutcome\` answers, and
  \`__decideUndo\` after an undo that failed (\`src/saga/contract.ts\`).
${
  below.length === 0
    ? ''
    : `- A child run has an id, a history and queries of its own. A run that waits for it takes over what it has left when it
  ends, and undoes that as a part of itself (\`src/saga/child.ts\`). One worker serves all of them, on one task queue.
`
}- The queries \`__nodes\` and \`__ledger\` say where a run is and which effects remain.
- Services get the header Idempotency-Key: the same for every attempt of a step.
- Every digit of a number is kept, from a service to the history and back. One that JavaScript cannot represent is
  \`{ "$exact": "9007199254740993" }\` in a payload and an \`ExactNumber\` in the workflow (\`src/saga/exact.ts\`).
${
  hasApprovals
    ? `- A run that asks a person writes the command that decides to the log of the worker: \`npm run decide\`. Put your inbox,
  mail or chat in its place (\`src/activities/human.ts\`). GROUPS_OF_ME has the groups of the person, with commas
  between them.
`
    : ''
}${
    hasScripts
      ? `- Scripts (\`src/scripts\`) run in the worker itself. Backstitch limits their time, their memory and what they reach.
`
      : ''
  }${
    unwritten.length === 0
      ? ''
      : `- Backstitch has no code for ${unwritten.map((type) => `\`${type}\``).join(', ')}. A step that calls it fails with
  "not implemented" until you write it in \`src/activities/index.ts\`.
`
  }${
    copied.length === 0
      ? ''
      : `- \`src/code\` has the source of ${copied.map((name) => `\`${name}\``).join(', ')} as it was when this project was exported. It
  comes from the folder of own activities that Backstitch loads (\`--activities\`); change it here and there.
`
  }${toCopy
    .map(
      (
        name
      ) => `- Your own \`${name}\` imports other files or packages, so it is not part of this project. Put it, with what it imports,
  into \`src/code/${name}.ts\`; until then a step that calls it fails with "not implemented".
`
    )
    .join('')}
sha256 of what was exported: \`${sha}\`
`;
}

type Searchable = NonNullable<FlowManifest['document']['searchable']>;
/** The search attributes that runs write: of sagas, and the searchable fields of the flows. */
const attributesOf = (searchable: Searchable): [name: string, type: string][] => [
  ['SagaPhase', 'Keyword'],
  ['SagaStanding', 'Int'],
  ...Object.entries(searchable).map(([name, { type }]): [string, string] => [name, type]),
];

function whenWritten(searchable: Searchable): string {
  const own = Object.keys(searchable).length > 0;
  return own
    ? 'Every run writes its searchable fields, and waits\nuntil they are registered. It writes the other two while it undoes:'
    : 'A run writes them while it undoes:';
}

/** Text as Markdown that shows it unchanged. Lines that begin like a list, a title or code are still a paragraph. */
const plain = (text: string): string =>
  visibleText(text.replace(/\r\n?/g, '\n'))
    .replace(/[\\`*_<&[\]|]/g, '\\$&')
    .replace(/^[^\S\n]+/gm, '')
    .replace(/^(?:[-+=#>~]|\d+(?=[.)]))/gm, (mark) => (/\d/.test(mark) ? `${mark}\\` : `\\${mark}`));
