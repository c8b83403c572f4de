-- CreateTable
CREATE TABLE "engine"."batch" (
    "namespace" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "start_time" BIGINT NOT NULL,
    "close_time" BIGINT,
    "request" BYTEA NOT NULL,
    "progress" JSONB NOT NULL,

    CONSTRAINT "batch_pkey" PRIMARY KEY ("namespace","job_id")
);
