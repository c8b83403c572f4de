-- AlterTable
ALTER TABLE "app"."draft" ADD COLUMN     "base_revision" TEXT;
