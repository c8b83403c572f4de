/**
 * The script that makes a V8 context a home for workflows: globals, then the official library over them, then the lock. Its order
 * is the order of these imports. It runs before any code of a workflow, and leaves nothing that two runs share unfrozen.
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

// Kept by the library for `workflowInfo().unsafe`.
const { now } = Date;
const { random } = Math;
overrideGlobals();
keepTimersApart();
// The library's Date has the real one's prototype: from there, too, it must be the library's that one comes back to.
Object.defineProperty(Date, 'name', { value: 'Date' });
Object.defineProperty(Date.prototype, 'constructor', { value: Date });
// Bytes cannot be frozen, and these are part of every payload, so each realm gets a copy.
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
