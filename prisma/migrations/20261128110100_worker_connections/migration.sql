-- CreateTable
CREATE TABLE "worker"."connection" (
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "definition" JSON NOT NULL,
    "revision" INTEGER NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_by" TEXT,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "connection_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "worker"."operation" (
    "connection" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "definition" JSON NOT NULL,
    "revision" INTEGER NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "changed_by" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "archived_by" TEXT,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "operation_pkey" PRIMARY KEY ("connection","name")
);

-- CreateTable
CREATE TABLE "worker"."version_operation" (
    "flow" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "revision" TEXT NOT NULL,
    "activity" TEXT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "sha" TEXT NOT NULL,
    "definition" JSON NOT NULL,

    CONSTRAINT "version_operation_pkey" PRIMARY KEY ("flow","version","revision","activity")
);

-- CreateIndex
CREATE INDEX "version_operation_workflow_type_activity_idx" ON "worker"."version_operation"("workflow_type", "activity");

-- AddForeignKey
ALTER TABLE "worker"."operation" ADD CONSTRAINT "operation_connection_fkey" FOREIGN KEY ("connection") REFERENCES "worker"."connection"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "worker"."version_operation" ADD CONSTRAINT "version_operation_flow_version_revision_fkey" FOREIGN KEY ("flow", "version", "revision") REFERENCES "worker"."flow_version"("flow", "version", "revision") ON DELETE RESTRICT ON UPDATE CASCADE;
