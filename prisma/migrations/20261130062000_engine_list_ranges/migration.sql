-- Ranges of what is known of closed runs. The expressions are those of engine/visibility/fields.ts, as numbers.
CREATE INDEX "visibility_history_length_idx" ON "engine"."visibility"(((CASE WHEN "close_time" IS NOT NULL THEN "history_length" END)::numeric));
CREATE INDEX "visibility_history_size_idx" ON "engine"."visibility"(((CASE WHEN "close_time" IS NOT NULL THEN "history_size_bytes" END)::numeric));
CREATE INDEX "visibility_transitions_idx" ON "engine"."visibility"(((CASE WHEN "close_time" IS NOT NULL THEN "state_transitions" END)::numeric));
CREATE INDEX "visibility_duration_idx" ON "engine"."visibility"(((CASE WHEN "close_time" IS NOT NULL THEN GREATEST(0, "close_time" - COALESCE("execution_time", "start_time")) * 1000000 END)::numeric));
