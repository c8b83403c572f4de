-- AlterTable
ALTER TABLE "app"."draft" ADD COLUMN     "template" TEXT;

-- Drafts that were made before: the request is known by its digest, of the templates that there were.
UPDATE "app"."draft" SET "template" = made."name"
FROM (VALUES ('order-fulfilment'), ('money-transfer'), ('travel-booking'), ('expense-approval'), ('onboarding'),
             ('data-pipeline'), ('environment-provisioning'), ('support-agent')) AS made("name")
WHERE "made_from" = encode(sha256(convert_to('{"kind":"template","template":"' || made."name" || '"}', 'UTF8')), 'hex');

-- Further drafts of the flows that were published from them.
UPDATE "app"."draft" SET "template" = first."template"
FROM "app"."draft" AS first
WHERE "draft"."template" IS NULL AND first."template" IS NOT NULL AND first."flow" = "draft"."flow";
