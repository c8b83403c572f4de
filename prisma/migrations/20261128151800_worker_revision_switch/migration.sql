-- CreateTable
CREATE TABLE "worker"."revision_switch" (
    "id" BIGSERIAL NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "revision" TEXT NOT NULL,
    "replaced" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "holding" INTEGER NOT NULL,
    "breaking" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revision_switch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "revision_switch_workflow_type_id_idx" ON "worker"."revision_switch"("workflow_type", "id");

-- AddForeignKey
ALTER TABLE "worker"."revision_switch" ADD CONSTRAINT "revision_switch_workflow_type_revision_fkey" FOREIGN KEY ("workflow_type", "revision") REFERENCES "worker"."flow_version"("workflow_type", "revision") ON DELETE RESTRICT ON UPDATE CASCADE;
