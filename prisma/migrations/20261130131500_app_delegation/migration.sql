-- CreateTable
CREATE TABLE "app"."delegation" (
    "id" UUID NOT NULL,
    "from_id" TEXT NOT NULL,
    "from_name" TEXT NOT NULL,
    "to_id" TEXT NOT NULL,
    "to_name" TEXT NOT NULL,
    "flows" TEXT[],
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "delegation_to_id_ends_at_idx" ON "app"."delegation"("to_id", "ends_at");

-- CreateIndex
CREATE INDEX "delegation_from_id_ends_at_idx" ON "app"."delegation"("from_id", "ends_at");
