/** Reads from disk what every exported project contains (project.ts). */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { readSagaSources, sagaFolder } from '../compiler/saga-sources';
import { readJson } from '../flow/values/json';
import type { ProjectSources } from './project';

/** Modules that are the same in Backstitch and in a project: path below engine → path in the project. */
const SHARED: Readonly<Record<string, string>> = {
  'flow/values/json.ts': 'src/json.ts',
  'flow/climbs.ts': 'src/activities/climbs.ts',
  'flow/connections/mapping.ts': 'src/activities/mapping.ts',
  'flow/connections/form.ts': 'src/activities/form-fields.ts',
  'activities/http/retry-after.ts': 'src/activities/retry-after.ts',
  'activities/mcp/exact-messages.ts': 'src/activities/exact-messages.ts',
  'activities/redis/scripts.ts': 'src/activities/stream-scripts.ts',
  'activities/sql/values.ts': 'src/activities/sql-values.ts',
};

export function readProjectSources(): ProjectSources {
  const engine = join(sagaFolder(), '..');
  const template = join(engine, 'export', 'template');
  const paths = readdirSync(template, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const described = readJson(readFileSync(join(engine, '..', 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const saga = Object.entries(readSagaSources()).map(([name, text]) => [name, relocated(text, `saga/${name}`)]);
  const shared = Object.entries(SHARED).map(([path, to]) => [
    to,
    relocated(readFileSync(join(engine, path), 'utf8'), path),
  ]);
  return {
    saga: Object.fromEntries(saga) as Record<string, string>,
    template: Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(template, path), 'utf8')])),
    shared: Object.fromEntries(shared) as Record<string, string>,
    versions: { ...described.devDependencies, ...described.dependencies },
  };
}

/** The path of a module in a project. Throws for one that a project does not have. */
function inProject(path: string): string {
  const to = path.startsWith('saga/') ? `src/${path}` : SHARED[path];
  if (to === undefined) throw new Error(`${path} is not a part of exported projects`);
  return to;
}

/** Its imports, and the modules that its comments name, are those of the project; folders have no names there. `path`: below engine. */
function relocated(text: string, path: string): string {
  const folder = posix.dirname(inProject(path));
  return text
    .replace(/ \(engine\/[\w/-]+\)/g, '')
    .replace(/(?<=from ')\.[^']+(?=')/g, (name) => {
      const target = posix.relative(folder, inProject(`${posix.join(posix.dirname(path), name)}.ts`));
      return (target.startsWith('.') ? target : `./${target}`).replace(/\.ts$/, '');
    })
    .replace(
      /\bengine\/([\w/-]+\.ts)/g,
      (whole, named: string) => SHARED[named] ?? whole.replace('engine/saga/', 'src/saga/')
    );
}
