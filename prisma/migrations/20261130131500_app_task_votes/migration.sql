-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "asked" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "how_many" JSON,
ADD COLUMN     "vote_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "votes" JSON;
