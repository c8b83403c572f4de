-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "event_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "ends_at" TIMESTAMPTZ(3),
ADD COLUMN     "priority" SMALLINT NOT NULL DEFAULT 1;

-- Until now a task was due when its time to decide ended.
UPDATE "app"."human_task" SET "ends_at" = "due_at";

-- CreateTable
CREATE TABLE "app"."human_task_event" (
    "id" BIGSERIAL NOT NULL,
    "task_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "asked" TEXT[],
    "instead" BOOLEAN NOT NULL DEFAULT false,
    "written_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "human_task_event_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "human_task_event_task_id_seq_key" ON "app"."human_task_event"("task_id", "seq");

-- AddForeignKey
ALTER TABLE "app"."human_task_event" ADD CONSTRAINT "human_task_event_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "app"."human_task"("task_id") ON DELETE CASCADE ON UPDATE CASCADE;
