-- Schedules: read as a whole when an engine begins, written once a decision.
-- CreateTable
CREATE TABLE "engine"."schedule" (
    "namespace" TEXT NOT NULL,
    "schedule_id" TEXT NOT NULL,
    "state" BYTEA NOT NULL,

    CONSTRAINT "schedule_pkey" PRIMARY KEY ("namespace","schedule_id")
);
