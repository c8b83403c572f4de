-- AlterTable
ALTER TABLE "engine"."visibility" ADD COLUMN     "history_size_bytes" BIGINT,
ADD COLUMN     "state_transitions" INTEGER,
ADD COLUMN     "parent_workflow_id" TEXT,
ADD COLUMN     "parent_run_id" TEXT,
ADD COLUMN     "root_workflow_id" TEXT,
ADD COLUMN     "root_run_id" TEXT;

-- Most runs have no parent, and are their own root: these indexes contain the children only.
CREATE INDEX "visibility_parent_workflow_idx" ON "engine"."visibility"("namespace", "parent_workflow_id" COLLATE "C", "start_time" DESC, "run_key" DESC) WHERE "parent_workflow_id" IS NOT NULL;
CREATE INDEX "visibility_parent_run_idx" ON "engine"."visibility"("parent_run_id" COLLATE "C") WHERE "parent_run_id" IS NOT NULL;
CREATE INDEX "visibility_root_workflow_idx" ON "engine"."visibility"("namespace", "root_workflow_id" COLLATE "C", "start_time" DESC, "run_key" DESC) WHERE "root_workflow_id" IS NOT NULL;
CREATE INDEX "visibility_root_run_idx" ON "engine"."visibility"("root_run_id" COLLATE "C") WHERE "root_run_id" IS NOT NULL;
