/** The processes of a product, as the system sees them. */
import { execFileSync } from 'node:child_process';

export interface Process {
  pid: number;
  parent: number;
  command: string;
}

/** The launcher, its children, and the PostgreSQL of the data folder, which may outlive its launcher. */
export function processesOf({ pid, dataDir }: { pid: number; dataDir: string }): Process[] {
  const all = everyProcess();
  const family = new Set([pid]);
  // Parents may come after their children in the list, so repeat until nothing is added.
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const each of all) if (family.has(each.parent)) family.add(each.pid);
  }
  return all.filter((each) => family.has(each.pid) || each.command.includes(`-D ${dataDir}`));
}

/** The process of a role, or the first one of it: 'engine', 'web', 'shop'. */
export function roleOf(product: { pid: number; dataDir: string }, role: string): Process {
  const found = processesOf(product).find(({ command }) => command.includes(`/build/${role}.mjs`));
  if (!found) throw new Error(`There is no process '${role}'.`);
  return found;
}

export function kill({ pid }: { pid: number }): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

function everyProcess(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    // A zombie does not run.
    return command === undefined || state?.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
