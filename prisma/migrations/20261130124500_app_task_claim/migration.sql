-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN "claimed_by_id" TEXT,
ADD COLUMN "claimed_by_name" TEXT,
ADD COLUMN "claimed_at" TIMESTAMPTZ(3),
ADD COLUMN "search_text" TEXT;

-- CreateIndex
CREATE INDEX "human_task_claimed_idx" ON "app"."human_task"("claimed_by_id") WHERE "settled_at" IS NULL AND "claimed_by_id" IS NOT NULL;
