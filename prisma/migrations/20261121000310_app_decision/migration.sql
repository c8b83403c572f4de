-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "decision_id" TEXT;
