-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "decision" TEXT,
ADD COLUMN     "decision_values" JSON,
ADD COLUMN     "decisions" JSON;
