-- CreateTable
CREATE TABLE "app"."alert_rule" (
    "id" UUID NOT NULL,
    "condition" JSONB NOT NULL,
    "flows" TEXT[],
    "targets" TEXT[],
    "severity" TEXT NOT NULL,
    "hold_seconds" INTEGER NOT NULL,
    "clear_seconds" INTEGER NOT NULL,
    "remind_minutes" INTEGER,
    "is_on" BOOLEAN NOT NULL,
    "owner_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "problem" TEXT,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."alert_destination" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "alert_destination_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."alert_watch" (
    "rule_id" UUID NOT NULL,
    "subject" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_watch_pkey" PRIMARY KEY ("rule_id","subject")
);

-- CreateTable
CREATE TABLE "app"."alert" (
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "open_key" TEXT,
    "subject" TEXT NOT NULL,
    "flow" TEXT,
    "condition" JSONB NOT NULL,
    "severity" TEXT NOT NULL,
    "targets" TEXT[],
    "remind_minutes" INTEGER,
    "facts" JSONB NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_why" TEXT,
    "acknowledged_at" TIMESTAMPTZ(3),
    "acknowledged_by" TEXT,
    "is_start_due" BOOLEAN NOT NULL DEFAULT true,
    "changes" INTEGER NOT NULL DEFAULT 0,
    "told_changes" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."alert_delivery" (
    "id" UUID NOT NULL,
    "alert_id" UUID NOT NULL,
    "target" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "moment" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "claimed_until" TIMESTAMPTZ(3),
    "is_dropped" BOOLEAN NOT NULL DEFAULT false,
    "message" TEXT NOT NULL,

    CONSTRAINT "alert_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."alert_silence" (
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "subject" TEXT,
    "reason" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "alert_silence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."alert_work" (
    "id" INTEGER NOT NULL,
    "holder" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_work_pkey" PRIMARY KEY ("id")
);

-- AlterTable
ALTER TABLE "app"."notification" ADD COLUMN "alert_id" UUID;

-- CreateIndex
CREATE UNIQUE INDEX "alert_open_key_key" ON "app"."alert"("open_key");

-- CreateIndex
CREATE INDEX "alert_resolved_at_idx" ON "app"."alert"("resolved_at");

-- CreateIndex
CREATE INDEX "alert_opened_at_idx" ON "app"."alert"("opened_at");

-- CreateIndex
CREATE UNIQUE INDEX "alert_delivery_alert_id_target_moment_key" ON "app"."alert_delivery"("alert_id", "target", "moment");

-- CreateIndex
CREATE INDEX "alert_silence_rule_id_idx" ON "app"."alert_silence"("rule_id");

-- AddForeignKey
ALTER TABLE "app"."alert_delivery" ADD CONSTRAINT "alert_delivery_alert_id_fkey" FOREIGN KEY ("alert_id") REFERENCES "app"."alert"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody has it yet.
INSERT INTO "app"."alert_work" ("id", "holder", "until") VALUES (1, '', now());
