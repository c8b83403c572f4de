-- AlterTable
ALTER TABLE "engine"."namespace" ADD COLUMN     "remove_at" BIGINT;
