-- What earlier releases did not store: the web fills it in after its start (app/_server/fill-in.ts).
-- Settlements that the engine may not have, so that lists do not count them.
ALTER TABLE "app"."effect_settlement" ADD COLUMN "counted" BOOLEAN NOT NULL DEFAULT true;
UPDATE "app"."effect_settlement" SET "counted" = false;
-- Who started the run of an open task, where that person may not decide.
ALTER TABLE "app"."human_task" ADD COLUMN "starter_known" BOOLEAN NOT NULL DEFAULT true;
UPDATE "app"."human_task" SET "starter_known" = false
WHERE "forbid_starter" AND "starter_id" IS NULL AND "settled_at" IS NULL;
