-- CreateTable
CREATE TABLE "app"."preferences" (
    "user_id" TEXT NOT NULL,
    "theme" TEXT,
    "zone" TEXT,
    "numbers" TEXT,
    "direction" TEXT,

    CONSTRAINT "preferences_pkey" PRIMARY KEY ("user_id")
);

-- AddForeignKey
ALTER TABLE "app"."preferences" ADD CONSTRAINT "preferences_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
