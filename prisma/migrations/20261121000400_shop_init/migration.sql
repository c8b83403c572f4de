-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "shop";

-- CreateTable
CREATE TABLE "shop"."stock" (
    "sku" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,
    "unit_price" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("sku")
);

-- CreateTable
CREATE TABLE "shop"."effect" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "request_hash" TEXT,
    "detail" JSONB NOT NULL,
    "status" INTEGER,
    "answer" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undone_at" TIMESTAMPTZ(3),

    CONSTRAINT "effect_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "shop"."undo" (
    "key" TEXT NOT NULL,
    "forward_key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "answer" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "undo_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "shop"."booking" (
    "id" BIGSERIAL NOT NULL,
    "key" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "booking_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop"."attempt" (
    "id" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shop"."late" (
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "order_id" TEXT NOT NULL,
    "request" JSON NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "late_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "effect_order_id_idx" ON "shop"."effect"("order_id");

-- CreateIndex
CREATE INDEX "booking_order_id_idx" ON "shop"."booking"("order_id");

-- CreateIndex
CREATE INDEX "booking_key_idx" ON "shop"."booking"("key");

-- CreateIndex
CREATE INDEX "late_due_at_idx" ON "shop"."late"("due_at");

-- What the shop sells. POST /stock changes it.
INSERT INTO "shop"."stock" ("sku", "title", "on_hand", "unit_price", "currency") VALUES
    ('THREAD-40', 'Sewing thread, 40 colours', 100000, 2490, 'EUR'),
    ('SCISSORS-8', 'Tailor''s scissors, 8 inch', 100000, 3900, 'EUR'),
    ('LINEN-3M', 'Linen, 3 m', 100000, 6450, 'EUR'),
    ('MACHINE-1', 'Sewing machine', 100000, 129000, 'EUR');
