-- AlterTable
ALTER TABLE "app"."session" ADD COLUMN "via" TEXT;

-- CreateTable
CREATE TABLE "app"."sign_in_rule" (
    "id" TEXT NOT NULL,
    "second_factor_for_all" BOOLEAN NOT NULL,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_rule_pkey" PRIMARY KEY ("id")
);
