-- CreateTable
CREATE TABLE "engine"."run_change" (
    "epoch" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "at" BIGINT NOT NULL,
    "size" INTEGER NOT NULL,
    "changes" JSON NOT NULL,

    CONSTRAINT "run_change_pkey" PRIMARY KEY ("epoch","number")
);

-- CreateTable
CREATE TABLE "engine"."run_change_removed" (
    "id" INTEGER NOT NULL,
    "epoch" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,

    CONSTRAINT "run_change_removed_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "run_change_at_idx" ON "engine"."run_change" USING BRIN ("at");
