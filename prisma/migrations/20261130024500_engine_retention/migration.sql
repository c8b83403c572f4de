-- Periods of before were never enforced: nothing is removed until somebody sets one from now on.
-- AlterTable
ALTER TABLE "engine"."namespace" ADD COLUMN     "deprecated" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "retention_enforced" BOOLEAN NOT NULL DEFAULT false;

-- Closed runs in the order in which they expire.
CREATE INDEX "visibility_closed_idx" ON "engine"."visibility"("namespace", "close_time", "run_key") WHERE "close_time" IS NOT NULL;
