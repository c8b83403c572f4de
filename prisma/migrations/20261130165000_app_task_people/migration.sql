-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "from_data" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "excluded" TEXT[] DEFAULT ARRAY[]::TEXT[];
