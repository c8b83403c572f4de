-- CreateTable
CREATE TABLE "app"."hook" (
    "id" UUID NOT NULL,
    "flow" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "proof" JSONB NOT NULL,
    "delivery_id" JSONB NOT NULL,
    "action" JSONB NOT NULL,
    "input" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "hook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."hook_delivery" (
    "id" UUID NOT NULL,
    "hook_id" UUID NOT NULL,
    "request_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "outcome" TEXT NOT NULL,
    "message" TEXT,
    "workflow_id" TEXT,
    "run_id" TEXT,

    CONSTRAINT "hook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "hook_flow_idx" ON "app"."hook"("flow");

-- CreateIndex
CREATE INDEX "hook_delivery_hook_id_at_idx" ON "app"."hook_delivery"("hook_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "app"."hook_delivery" ADD CONSTRAINT "hook_delivery_hook_id_fkey" FOREIGN KEY ("hook_id") REFERENCES "app"."hook"("id") ON DELETE CASCADE ON UPDATE CASCADE;
