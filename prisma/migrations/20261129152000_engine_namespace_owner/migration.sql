-- AlterTable
ALTER TABLE "engine"."namespace" ADD COLUMN     "data" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "owner_email" TEXT NOT NULL DEFAULT '';
