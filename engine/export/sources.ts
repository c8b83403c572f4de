/** Reads from disk what every exported project contains (project.ts). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSagaSources, sagaFolder } from '../compiler/saga-sources';
import { readJson } from '../flow/values/json';
import type { ProjectSources } from './project';

export function readProjectSources(): ProjectSources {
  const engine = join(sagaFolder(), '..');
  const template = join(engine, 'export', 'template');
  const paths = readdirSync(template, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  const described = readJson(readFileSync(join(engine, '..', 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  return {
    saga: readSagaSources(),
    template: Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(template, path), 'utf8')])),
    mapping: readFileSync(join(engine, 'flow', 'connections', 'mapping.ts'), 'utf8'),
    climbs: readFileSync(join(engine, 'flow', 'climbs.ts'), 'utf8'),
    formFields: readFileSync(join(engine, 'flow', 'connections', 'form.ts'), 'utf8'),
    retryAfter: readFileSync(join(engine, 'activities', 'http', 'retry-after.ts'), 'utf8'),
    streamScripts: readFileSync(join(engine, 'activities', 'redis', 'scripts.ts'), 'utf8'),
    versions: { ...described.devDependencies, ...described.dependencies },
  };
}
