-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "worker";

-- CreateTable
CREATE TABLE "worker"."flow_version" (
    "flow" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "revision" TEXT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "document" JSON NOT NULL,
    "code" TEXT NOT NULL,
    "files" JSON NOT NULL,
    "bundle" BYTEA NOT NULL,
    "manifest" JSON NOT NULL,
    "sha" TEXT NOT NULL,
    "content_sha" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "flow_version_pkey" PRIMARY KEY ("flow","version","revision")
);

-- CreateTable
CREATE TABLE "worker"."secret" (
    "name" TEXT NOT NULL,
    "nonce" BYTEA NOT NULL,
    "sealed" BYTEA NOT NULL,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secret_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "flow_version_workflow_type_revision_key" ON "worker"."flow_version"("workflow_type", "revision");
