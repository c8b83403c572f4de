-- What the holder of the lease knew of time: a process that starts while the clock is wrong continues with it.
ALTER TABLE "engine"."lease"
  ADD COLUMN "boot" TEXT,
  ADD COLUMN "uptime_ms" BIGINT,
  ADD COLUMN "now_ms" BIGINT,
  ADD COLUMN "latest_ms" BIGINT;
