-- Browsers that are told by push what waits for their person.
CREATE TABLE "app"."push_device" (
  "id" UUID NOT NULL,
  "person_id" TEXT NOT NULL,
  "session_id" TEXT NOT NULL,
  "endpoint" TEXT NOT NULL,
  "p256dh" TEXT NOT NULL,
  "auth" TEXT NOT NULL,
  "user_agent" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "gone_at" TIMESTAMPTZ(3),
  CONSTRAINT "push_device_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "push_device_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "app"."user" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "push_device_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "app"."session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "push_device_endpoint_key" ON "app"."push_device" ("endpoint");
CREATE INDEX "push_device_person_id_idx" ON "app"."push_device" ("person_id");
CREATE INDEX "push_device_session_id_idx" ON "app"."push_device" ("session_id");
-- No foreign key: the end of a session waits for no message that is being sent.
ALTER TABLE "app"."notification" ADD COLUMN "device_id" UUID;
