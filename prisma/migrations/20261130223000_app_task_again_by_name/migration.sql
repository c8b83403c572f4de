-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "again_by_name" BOOLEAN NOT NULL DEFAULT false;
