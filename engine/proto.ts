/**
 * Temporal's protobuf classes and types under one name for ES modules: `@temporalio/proto` is CommonJS
 * whose exports Node cannot see statically. Import `temporal` and `coresdk` from here, nowhere else.
 */
import proto from '@temporalio/proto';

export import temporal = proto.temporal;
export import coresdk = proto.coresdk;
export import google = proto.google;
export import grpc = proto.grpc;
