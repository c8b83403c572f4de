-- CreateTable
CREATE TABLE "app"."notification_setting" (
    "person_id" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "at" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "off" TEXT[],
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_setting_pkey" PRIMARY KEY ("person_id")
);

-- AddForeignKey
ALTER TABLE "app"."notification_setting" ADD CONSTRAINT "notification_setting_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "app"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
