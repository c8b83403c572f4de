-- CreateTable
CREATE TABLE "app"."saved_view" (
    "id" UUID NOT NULL,
    "owner_id" TEXT NOT NULL,
    "owner_name" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL,
    "search" TEXT NOT NULL,
    "columns" JSONB NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."default_view" (
    "person_id" TEXT NOT NULL,
    "view_id" UUID NOT NULL,

    CONSTRAINT "default_view_pkey" PRIMARY KEY ("person_id")
);

-- CreateIndex
CREATE INDEX "saved_view_owner_id_idx" ON "app"."saved_view"("owner_id");

-- CreateIndex
CREATE INDEX "saved_view_shared_idx" ON "app"."saved_view"("shared");

-- AddForeignKey
ALTER TABLE "app"."default_view" ADD CONSTRAINT "default_view_view_id_fkey" FOREIGN KEY ("view_id") REFERENCES "app"."saved_view"("id") ON DELETE CASCADE ON UPDATE CASCADE;
