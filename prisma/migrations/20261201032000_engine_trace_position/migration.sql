-- Where the export of traces is in the log of changes (engine/traces/position-table.ts). It was a file of the data folder,
-- which the engine takes over at its next start.
-- CreateTable
CREATE TABLE "engine"."trace_position" (
    "namespace" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,

    CONSTRAINT "trace_position_pkey" PRIMARY KEY ("namespace")
);
