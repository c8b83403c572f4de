-- What runs left behind that were closed without their code (5 terminated, 7 timed out) is counted at the close from now on. Those that
-- closed before are found by their wake_at and counted once; until then lists say that it is being worked out.
UPDATE "engine"."execution" SET "wake_at" = 0 WHERE "status" IN (5, 7) AND "wake_at" IS NULL;
UPDATE "engine"."visibility"
SET "search_attributes" = ("search_attributes" - 'SagaStanding') || '{"SagaPhase": "counting"}'::jsonb
WHERE "status" IN (5, 7);
