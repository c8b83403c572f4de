/** Short name for the request and response types of the WorkflowService. */
import { temporal } from '../../proto';

export import workflowservice = temporal.api.workflowservice.v1;
