-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "take_back_ms" INTEGER,
ADD COLUMN     "goes_on_at" TIMESTAMPTZ(3),
ADD COLUMN     "take_backs" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "app"."human_task_event" ADD COLUMN     "by" TEXT,
ADD COLUMN     "decision" TEXT;
