-- Filters compare texts by their bytes (COLLATE "C"), so an index of another collation is not used.
DROP INDEX "engine"."visibility_namespace_workflow_type_start_time_run_key_idx";
CREATE INDEX "visibility_type_start_idx" ON "engine"."visibility"("namespace", "workflow_type" COLLATE "C", "start_time" DESC, "run_key" DESC);
CREATE INDEX "visibility_workflow_id_start_idx" ON "engine"."visibility"("namespace", "workflow_id" COLLATE "C", "start_time" DESC, "run_key" DESC);
CREATE INDEX "visibility_run_id_idx" ON "engine"."visibility"("run_id" COLLATE "C");

-- Few runs leave something behind. The expression is that of engine/visibility/sql.ts.
CREATE INDEX "visibility_saga_standing_idx" ON "engine"."visibility"(
  "namespace",
  (CASE WHEN jsonb_typeof("search_attributes" -> 'SagaStanding') = 'number' THEN ("search_attributes" ->> 'SagaStanding')::numeric END),
  "start_time" DESC, "run_key" DESC
) WHERE (CASE WHEN jsonb_typeof("search_attributes" -> 'SagaStanding') = 'number' THEN ("search_attributes" ->> 'SagaStanding')::numeric END) IS NOT NULL;

-- The words of texts, for filters on attributes of type Text: a digest of name and word for every word of a text that
-- has white space; a text that is one word is found by visibility_search_attributes_idx. Digests, because an index
-- cannot hold long words.
CREATE FUNCTION "engine"."words"("attributes" JSONB) RETURNS TEXT[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT left(md5(key || ' ' || word), 16)), '{}')
  FROM jsonb_each_text(attributes), LATERAL regexp_split_to_table(value, E'[ \t\n\v\f\r]+') AS word
  WHERE jsonb_typeof(attributes -> key) = 'string' AND value ~ E'[ \t\n\v\f\r]' AND word <> ''
$$;
CREATE INDEX "visibility_words_idx" ON "engine"."visibility" USING GIN ("engine"."words"("search_attributes"));

-- Open runs among many that have closed.
CREATE INDEX "visibility_open_idx" ON "engine"."visibility"("namespace", "start_time" DESC, "run_key" DESC) WHERE "close_time" IS NULL;
