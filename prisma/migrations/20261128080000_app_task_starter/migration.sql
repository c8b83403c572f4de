-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "starter_id" TEXT;
