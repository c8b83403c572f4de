/** This engine as a server for scenarios, with its gRPC door. */
import { processCaller, type Caller } from '../../permissions/caller';
import { systemClock } from '../../clock';
import { ScriptedActivities, ScriptedWorkflows } from '../../sim/scripted-worker';
import { MemoryStore } from '../../store/memory';
import { openGrpcDoor } from '../../service/doors/grpc';
import { Authority } from '../../service/doors/keys';
import { startTestEngine } from '../../service/testing/test-engine';
import type { StartEngineOptions } from '../../service/start-engine';
import type { WorkflowSource } from '../../history/testing/proof';
import { Wire } from '../wire';

export interface Here {
  wire: Wire;
  address: string;
  close(): Promise<void>;
}

/** Everybody may do everything, in the name that the request has, as on a Temporal server without authorization. */
class Unguarded extends Authority {
  override authenticate(): Promise<Caller> {
    const grants = (['admin', 'web'] as const).map((role) => ({ role, flow: null }));
    return Promise.resolve(processCaller('differential', grants));
  }
}

/** Without workers of its own, runs of the embedded queue wait. */
interface Workers {
  workflowWorker: StartEngineOptions['workflowWorker'];
  activityWorker: StartEngineOptions['activityWorker'];
  source?: WorkflowSource;
}

export async function openHere(workers?: Workers): Promise<Here> {
  const engine = await startTestEngine({
    store: new MemoryStore(),
    clock: systemClock,
    ...(workers ?? { workflowWorker: new ScriptedWorkflows({}), activityWorker: new ScriptedActivities() }),
  });
  const door = await openGrpcDoor({
    service: engine.service,
    authority: new Unguarded({ keys: [] }),
    address: '127.0.0.1:0',
  });
  const wire = new Wire(door.address);
  return {
    wire,
    address: door.address,
    close: async () => {
      wire.close();
      await door.close();
      await engine.stop();
    },
  };
}
