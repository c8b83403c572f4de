-- Closed runs of one type in the order in which they expire, so that each flow is read up to the end of its own period.
CREATE INDEX "visibility_type_closed_idx" ON "engine"."visibility"("namespace", "workflow_type" COLLATE "C", "close_time", "run_key") WHERE "close_time" IS NOT NULL;
