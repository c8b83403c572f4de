-- CreateTable
CREATE TABLE "app"."draft" (
    "id" UUID NOT NULL,
    "flow" TEXT,
    "base" INTEGER,
    "base_number" INTEGER NOT NULL DEFAULT 0,
    "number" INTEGER NOT NULL DEFAULT 0,
    "folded" INTEGER NOT NULL DEFAULT 0,
    "title" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "steps" INTEGER NOT NULL,
    "tags" TEXT[],
    "made_from" TEXT NOT NULL,
    "created_by_id" TEXT NOT NULL,
    "created_by_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by_id" TEXT NOT NULL,
    "changed_by_name" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "draft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."draft_gesture" (
    "draft_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "tab" TEXT NOT NULL,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "operations" JSON,
    "inverse" JSON,
    "notes" JSON,
    "format" INTEGER NOT NULL,
    "touched" TEXT[],
    "reverts" UUID,

    CONSTRAINT "draft_gesture_pkey" PRIMARY KEY ("draft_id","number")
);

-- CreateTable
CREATE TABLE "app"."draft_refusal" (
    "draft_id" UUID NOT NULL,
    "gesture_id" UUID NOT NULL,
    "refusal" JSON NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "draft_refusal_pkey" PRIMARY KEY ("draft_id","gesture_id")
);

-- CreateTable
CREATE TABLE "app"."draft_snapshot" (
    "draft_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "content" JSON NOT NULL,
    "format" INTEGER NOT NULL,

    CONSTRAINT "draft_snapshot_pkey" PRIMARY KEY ("draft_id","number")
);

-- CreateIndex
CREATE INDEX "draft_flow_idx" ON "app"."draft"("flow");

-- CreateIndex
CREATE INDEX "draft_changed_at_idx" ON "app"."draft"("changed_at");

-- CreateIndex
CREATE UNIQUE INDEX "draft_gesture_draft_id_id_key" ON "app"."draft_gesture"("draft_id", "id");

-- AddForeignKey
ALTER TABLE "app"."draft_gesture" ADD CONSTRAINT "draft_gesture_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "app"."draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."draft_refusal" ADD CONSTRAINT "draft_refusal_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "app"."draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."draft_snapshot" ADD CONSTRAINT "draft_snapshot_draft_id_fkey" FOREIGN KEY ("draft_id") REFERENCES "app"."draft"("id") ON DELETE CASCADE ON UPDATE CASCADE;
