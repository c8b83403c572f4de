-- AlterTable
ALTER TABLE "app"."notification" ADD COLUMN     "chat_id" UUID;

-- CreateTable
CREATE TABLE "app"."chat" (
    "id" UUID NOT NULL,
    "title" TEXT NOT NULL,
    "group_name" TEXT,
    "sealed" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "chat_pkey" PRIMARY KEY ("id")
);

-- AddForeignKey
ALTER TABLE "app"."notification" ADD CONSTRAINT "notification_chat_id_fkey" FOREIGN KEY ("chat_id") REFERENCES "app"."chat"("id") ON DELETE CASCADE ON UPDATE CASCADE;
