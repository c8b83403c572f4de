-- AlterTable
ALTER TABLE "worker"."revision_switch" ADD COLUMN     "gate_id" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "revision_switch_gate_id_key" ON "worker"."revision_switch"("gate_id");
