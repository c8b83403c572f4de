-- AlterTable: a form reads in the order in which its author wrote it, which jsonb forgets.
ALTER TABLE "app"."human_task" ALTER COLUMN "data" SET DATA TYPE JSON,
ALTER COLUMN "schema" SET DATA TYPE JSON;
