-- CreateTable
CREATE TABLE "app"."attention_group" (
    "namespace" TEXT NOT NULL,
    "flow" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "owner_id" TEXT,
    "owner_name" TEXT,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "snoozed_until" TIMESTAMPTZ(3),
    "snoozed_by" TEXT,

    CONSTRAINT "attention_group_pkey" PRIMARY KEY ("namespace","flow","key")
);

-- CreateTable
CREATE TABLE "app"."attention_note" (
    "id" UUID NOT NULL,
    "namespace" TEXT NOT NULL,
    "flow" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "attention_note_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "attention_note_namespace_flow_key_at_idx" ON "app"."attention_note"("namespace", "flow", "key", "at");

-- CreateIndex
CREATE INDEX "human_task_overdue_idx" ON "app"."human_task"("namespace", "due_at") WHERE "settled_at" IS NULL AND "due_at" IS NOT NULL;
