-- AlterTable
ALTER TABLE "engine"."visibility" ADD COLUMN     "execution_time" BIGINT;
