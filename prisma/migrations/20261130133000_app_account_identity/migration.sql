-- CreateIndex
CREATE UNIQUE INDEX "account_provider_id_account_id_key" ON "app"."account"("provider_id", "account_id");
