-- CreateTable
CREATE TABLE "engine"."batch_result" (
    "namespace" TEXT NOT NULL,
    "job_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "problem" TEXT,
    "at" BIGINT NOT NULL,

    CONSTRAINT "batch_result_pkey" PRIMARY KEY ("namespace","job_id","number")
);

-- CreateIndex
CREATE INDEX "batch_result_namespace_job_id_outcome_number_idx" ON "engine"."batch_result"("namespace", "job_id", "outcome", "number");
