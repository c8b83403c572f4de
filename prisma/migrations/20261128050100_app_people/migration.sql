-- AlterTable
ALTER TABLE "app"."user" ADD COLUMN     "deactivated_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "app"."audit" ADD COLUMN     "from_address" TEXT,
ADD COLUMN     "via" TEXT;

-- AlterTable
ALTER TABLE "app"."human_task" ADD COLUMN     "forbid_starter" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "app"."person_group" (
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "person_group_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "app"."group_member" (
    "group_name" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,

    CONSTRAINT "group_member_pkey" PRIMARY KEY ("group_name","person_id")
);

-- CreateTable
CREATE TABLE "app"."role_grant" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "person_id" TEXT,
    "group_name" TEXT,
    "role" TEXT NOT NULL,
    "flow" TEXT,

    CONSTRAINT "role_grant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "app"."entry_link" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "token_sha256" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "person_id" TEXT,
    "grants" JSONB NOT NULL,
    "groups" TEXT[],
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "entry_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "group_member_person_id_idx" ON "app"."group_member"("person_id");

-- CreateIndex
CREATE INDEX "role_grant_person_id_idx" ON "app"."role_grant"("person_id");

-- CreateIndex
CREATE INDEX "role_grant_group_name_idx" ON "app"."role_grant"("group_name");

-- CreateIndex
CREATE UNIQUE INDEX "entry_link_token_sha256_key" ON "app"."entry_link"("token_sha256");

-- CreateIndex
CREATE INDEX "entry_link_created_at_idx" ON "app"."entry_link"("created_at");

-- CreateIndex
CREATE INDEX "audit_at_id_idx" ON "app"."audit"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_actor_id_at_idx" ON "app"."audit"("actor_id", "at" DESC);

-- AddForeignKey
ALTER TABLE "app"."group_member" ADD CONSTRAINT "group_member_group_name_fkey" FOREIGN KEY ("group_name") REFERENCES "app"."person_group"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."group_member" ADD CONSTRAINT "group_member_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "app"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."role_grant" ADD CONSTRAINT "role_grant_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "app"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "app"."role_grant" ADD CONSTRAINT "role_grant_group_name_fkey" FOREIGN KEY ("group_name") REFERENCES "app"."person_group"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- Existing accounts keep what they could do: their role becomes a role for everything, their groups become groups.
INSERT INTO "app"."role_grant" ("person_id", "role")
SELECT "id", CASE WHEN "role" IN ('admin', 'designer', 'operator', 'approver', 'viewer') THEN "role" ELSE 'viewer' END
FROM "app"."user";

INSERT INTO "app"."person_group" ("name")
SELECT DISTINCT "each" FROM "app"."user", unnest("groups") AS "each" WHERE "each" <> '';

INSERT INTO "app"."group_member" ("group_name", "person_id")
SELECT DISTINCT "each", "id" FROM "app"."user", unnest("groups") AS "each" WHERE "each" <> '';
