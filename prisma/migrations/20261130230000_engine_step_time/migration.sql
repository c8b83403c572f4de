-- How long steps took: counts by minute, not single steps (engine/service/step-times.ts).
-- CreateTable
CREATE TABLE "engine"."step_time" (
    "namespace" TEXT NOT NULL,
    "minute" BIGINT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "bucket" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "step_time_pkey" PRIMARY KEY ("namespace","minute","workflow_type","step","bucket")
);
