-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "assigned_by" TEXT,
ADD COLUMN     "decided_by_id" TEXT,
ADD COLUMN     "follow_at" TIMESTAMPTZ(3),
ADD COLUMN     "told" TEXT;

-- Nobody is mailed about what waited before this release.
UPDATE "app"."human_task" SET "told" = 'before' WHERE "settled_at" IS NULL;

-- CreateTable
CREATE TABLE "app"."notification" (
    "id" UUID NOT NULL,
    "fact" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "person_id" TEXT,
    "content" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "message" UUID,
    "last_error" TEXT,
    "sent_at" TIMESTAMPTZ(3),
    "dropped" TEXT,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notification_fact_key" ON "app"."notification"("fact");

-- CreateIndex
CREATE INDEX "notification_next_at_idx" ON "app"."notification"("next_at");

-- CreateIndex
CREATE INDEX "notification_message_idx" ON "app"."notification"("message");

-- CreateIndex
CREATE INDEX "notification_created_at_idx" ON "app"."notification"("created_at");

-- CreateIndex
CREATE INDEX "human_task_follow_at_idx" ON "app"."human_task"("follow_at");
