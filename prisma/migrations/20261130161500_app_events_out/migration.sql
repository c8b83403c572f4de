-- CreateTable
CREATE TABLE "app"."event_subscription" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "target" JSONB NOT NULL,
    "flows" TEXT[],
    "kinds" TEXT[],
    "is_on" BOOLEAN NOT NULL,
    "sealed" TEXT NOT NULL,
    "secret_before_until" TIMESTAMPTZ(3),
    "epoch" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "flow_number" BIGINT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "failing_event_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "stopped_at" TIMESTAMPTZ(3),
    "missed_at" TIMESTAMPTZ(3),
    "owner_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."event_delivery" (
    "id" UUID NOT NULL,
    "subscription_id" UUID NOT NULL,
    "event_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "workflow_id" TEXT,
    "run_id" TEXT,
    "flow" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "took_ms" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "is_delivered" BOOLEAN NOT NULL,
    "message" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "flow_number" BIGINT NOT NULL,

    CONSTRAINT "event_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."flow_event" (
    "number" BIGSERIAL NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "flow" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "flow_event_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "app"."event_work" (
    "id" INTEGER NOT NULL,
    "holder" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "known_versions" JSONB,

    CONSTRAINT "event_work_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "event_delivery_subscription_id_at_idx" ON "app"."event_delivery"("subscription_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "app"."event_delivery" ADD CONSTRAINT "event_delivery_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "app"."event_subscription"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Nobody has it yet.
INSERT INTO "app"."event_work" ("id", "holder", "until") VALUES (1, '', now());
