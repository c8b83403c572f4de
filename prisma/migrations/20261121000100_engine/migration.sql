CREATE SCHEMA IF NOT EXISTS "engine";

CREATE TABLE "engine"."lease" (
    "id" INTEGER NOT NULL,
    "epoch" BIGINT NOT NULL,
    "holder" TEXT NOT NULL,
    "acquired_at" BIGINT NOT NULL,
    CONSTRAINT "lease_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "lease_one_row" CHECK ("id" = 1)
);
INSERT INTO "engine"."lease" VALUES (1, 0, 'nobody', 0);

CREATE TABLE "engine"."namespace" (
    "name" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "retention_days" INTEGER NOT NULL,
    "search_attributes" JSONB NOT NULL,
    CONSTRAINT "namespace_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "engine"."execution" (
    "run_key" BIGINT NOT NULL,
    "namespace" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "first_run_id" TEXT NOT NULL,
    "next_event_id" INTEGER NOT NULL,
    "status" SMALLINT NOT NULL,
    "wake_at" BIGINT,
    "side" BYTEA NOT NULL,
    CONSTRAINT "execution_pkey" PRIMARY KEY ("run_key")
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX "execution_namespace_workflow_id_run_id_key" ON "engine"."execution"("namespace", "workflow_id", "run_id");
CREATE INDEX "execution_wake_at_run_key_idx" ON "engine"."execution"("wake_at", "run_key");

CREATE TABLE "engine"."current_execution" (
    "namespace" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "run_key" BIGINT NOT NULL,
    "run_id" TEXT NOT NULL,
    "previous_run_id" TEXT,
    CONSTRAINT "current_execution_pkey" PRIMARY KEY ("namespace", "workflow_id")
);

CREATE TABLE "engine"."history" (
    "run_key" BIGINT NOT NULL,
    "first_event_id" INTEGER NOT NULL,
    "events" BYTEA NOT NULL,
    CONSTRAINT "history_pkey" PRIMARY KEY ("run_key", "first_event_id")
);

CREATE TABLE "engine"."visibility" (
    "run_key" BIGINT NOT NULL,
    "namespace" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "first_run_id" TEXT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "task_queue" TEXT NOT NULL,
    "status" SMALLINT NOT NULL,
    "start_time" BIGINT NOT NULL,
    "close_time" BIGINT,
    "history_length" INTEGER NOT NULL,
    "search_attributes" JSONB NOT NULL,
    "memo" BYTEA NOT NULL,
    CONSTRAINT "visibility_pkey" PRIMARY KEY ("run_key")
);
CREATE INDEX "visibility_namespace_start_time_run_key_idx" ON "engine"."visibility"("namespace", "start_time" DESC, "run_key" DESC);
CREATE INDEX "visibility_namespace_status_start_time_run_key_idx" ON "engine"."visibility"("namespace", "status", "start_time" DESC, "run_key" DESC);
CREATE INDEX "visibility_namespace_workflow_type_start_time_run_key_idx" ON "engine"."visibility"("namespace", "workflow_type", "start_time" DESC, "run_key" DESC);
CREATE INDEX "visibility_search_attributes_idx" ON "engine"."visibility" USING GIN ("search_attributes" jsonb_path_ops);

-- A commit is one statement that writes everything or fails. This is how it fails: the writer is no longer the lease's holder
-- (BS001), runs had another next event id (BS002, their keys), or another run became current (BS003, the workflow ids).
CREATE FUNCTION "engine"."prove"("held" BOOLEAN, "conflicts" BIGINT[], "taken" TEXT[]) RETURNS BOOLEAN
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT held THEN
        RAISE EXCEPTION 'the lease is held by another engine' USING ERRCODE = 'BS001';
    END IF;
    IF cardinality(conflicts) > 0 THEN
        RAISE EXCEPTION 'unexpected next event id' USING ERRCODE = 'BS002', DETAIL = array_to_json(conflicts)::text;
    END IF;
    IF cardinality(taken) > 0 THEN
        RAISE EXCEPTION 'another run is current' USING ERRCODE = 'BS003', DETAIL = array_to_json(taken)::text;
    END IF;
    RETURN TRUE;
END
$$;
