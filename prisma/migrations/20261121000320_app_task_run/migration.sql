-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "run_id" TEXT;
