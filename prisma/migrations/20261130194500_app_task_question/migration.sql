-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "may_ask" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "stopped_since" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "app"."human_task_question" (
    "task_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "of_id" TEXT NOT NULL,
    "of_name" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "answer" TEXT,
    "answered_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "human_task_question_pkey" PRIMARY KEY ("task_id", "id")
);

-- CreateIndex
CREATE INDEX "human_task_question_of_id_answered_at_withdrawn_at_idx" ON "app"."human_task_question"("of_id", "answered_at", "withdrawn_at");

-- AddForeignKey
ALTER TABLE "app"."human_task_question" ADD CONSTRAINT "human_task_question_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "app"."human_task"("task_id") ON DELETE CASCADE ON UPDATE CASCADE;
