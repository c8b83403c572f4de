-- Which web processes there are (app/_server/workers/web-presence.ts). They write their rows themselves.
-- CreateTable
CREATE TABLE "app"."web_process" (
    "id" UUID NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,
    "resident_bytes" BIGINT NOT NULL,

    CONSTRAINT "web_process_pkey" PRIMARY KEY ("id")
);
