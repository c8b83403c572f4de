/**
 * The script that prepares a V8 context for workflows: first the globals, then the official library, then everything
 * is frozen. The order of the imports is important. The script runs before any code of a workflow, and leaves nothing
 * unfrozen that two runs share.
 */
import './globals';
import * as common from '@temporalio/common';
import { encodingKeys } from '@temporalio/common/lib/converter/types';
import * as workflow from '@temporalio/workflow';
import { overrideGlobals } from '@temporalio/workflow/lib/global-overrides';
import * as internals from '@temporalio/workflow/lib/internals';
import * as cancellation from '@temporalio/workflow/lib/cancellation-scope';
import * as library from '@temporalio/workflow/lib/worker-interface';
import { bridge } from './bridge';
import { console } from './console';
import { guest } from './guest';
import { harden, syntaxIntrinsics } from './harden';
import { keepTimersApart } from './timers';

// The library keeps these two for `workflowInfo().unsafe`.
const { now } = Date;
const { random } = Math;
overrideGlobals();
keepTimersApart();
// The library's Date has the prototype of the real Date, so `constructor` of that prototype must be the library's
// Date, too.
Object.defineProperty(Date, 'name', { value: 'Date' });
Object.defineProperty(Date.prototype, 'constructor', { value: Date });
// Bytes cannot be frozen, and these bytes are part of every payload, so each read gets a copy.
for (const [name, bytes] of Object.entries(encodingKeys)) {
  Object.defineProperty(encodingKeys, name, { get: () => bytes.slice() });
}
Object.defineProperty(globalThis, 'console', { value: console });
Object.defineProperty(globalThis, '__BACKSTITCH_BASE__', {
  // As values: a namespace gives its exports through getters, behind which nothing would be found and frozen.
  value: { modules: { '@temporalio/workflow': { ...workflow }, '@temporalio/common': { ...common } } },
});

harden([globalThis, now, random, ...syntaxIntrinsics(), { ...library }, { ...internals }, { ...cancellation }]);
bridge.ready(guest);
