-- AlterTable
ALTER TABLE "app"."notification" ADD COLUMN     "guest_id" UUID;

-- CreateTable
CREATE TABLE "app"."guest_link" (
    "id" UUID NOT NULL,
    "task_id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "decides_for" TEXT,
    "by_id" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "decision" TEXT,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "guest_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "guest_link_task_id_idx" ON "app"."guest_link"("task_id");

-- AddForeignKey
ALTER TABLE "app"."notification" ADD CONSTRAINT "notification_guest_id_fkey" FOREIGN KEY ("guest_id") REFERENCES "app"."guest_link"("id") ON DELETE CASCADE ON UPDATE CASCADE;
