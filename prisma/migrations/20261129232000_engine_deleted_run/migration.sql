-- One row: the highest key of a run that was deleted. No run gets a key again.
-- CreateTable
CREATE TABLE "engine"."deleted_run" (
    "id" INTEGER NOT NULL,
    "highest_run_key" BIGINT NOT NULL,

    CONSTRAINT "deleted_run_pkey" PRIMARY KEY ("id")
);
