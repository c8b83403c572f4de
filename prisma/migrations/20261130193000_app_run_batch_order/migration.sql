-- CreateIndex
CREATE INDEX "run_batch_at_id_idx" ON "app"."run_batch"("at" DESC, "id" DESC);
