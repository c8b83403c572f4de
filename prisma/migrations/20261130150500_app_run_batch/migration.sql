-- CreateTable
CREATE TABLE "app"."run_batch" (
    "id" UUID NOT NULL,
    "act" JSONB NOT NULL,
    "flows" TEXT[],
    "is_of_everything" BOOLEAN NOT NULL,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "run_batch_pkey" PRIMARY KEY ("id")
);
