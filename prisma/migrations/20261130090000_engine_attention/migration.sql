-- Runs that need attention are few: these indexes have no others (engine/store/postgres/attention.ts).
CREATE INDEX "visibility_attention_idx" ON "engine"."visibility"("namespace", "close_time") WHERE "search_attributes" ? 'SagaAttention';
CREATE INDEX "visibility_problems_idx" ON "engine"."visibility"("namespace", "start_time") WHERE "search_attributes" ? 'TemporalReportedProblems';

-- Runs that failed before have no SagaFailedAt yet. The newest of them are found by their wake_at, and their rows are written again
-- once; a run that is already due is found anyway.
UPDATE "engine"."execution" SET "wake_at" = 0
WHERE "status" = 3 AND "wake_at" IS NULL AND "run_key" IN (
  SELECT "run_key" FROM "engine"."visibility" WHERE "status" = 3 ORDER BY "start_time" DESC LIMIT 5000
);
