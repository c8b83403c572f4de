-- CreateTable
CREATE TABLE "app"."audit_link" (
    "seq" BIGINT NOT NULL,
    "entry" UUID NOT NULL,
    "ended" BOOLEAN NOT NULL,
    "content" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_link_pkey" PRIMARY KEY ("seq")
);

-- CreateIndex
CREATE UNIQUE INDEX "audit_link_entry_ended_key" ON "app"."audit_link"("entry", "ended");

-- What a link says of its entry: as it was written, or how it ended. app/_server/audit-trail/chain.ts reads the same.
CREATE FUNCTION "app"."audit_instant"(at TIMESTAMPTZ) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
CREATE FUNCTION "app"."audit_written"(entry "app"."audit") RETURNS TEXT LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', entry.id, 'at', app.audit_instant(entry.at), 'actorId', entry.actor_id, 'actorName', entry.actor_name,
    'operation', entry.operation, 'target', entry.target, 'details', entry.details,
    'fromAddress', entry.from_address, 'via', entry.via)::text
$$;
CREATE FUNCTION "app"."audit_ended"(entry "app"."audit") RETURNS TEXT LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'id', entry.id, 'outcome', entry.outcome, 'endedAt', app.audit_instant(entry.ended_at))::text
$$;

-- Appends a link. The lock makes one order of all writers until their commit.
CREATE FUNCTION "app"."audit_append"(of UUID, is_end BOOLEAN, what TEXT) RETURNS VOID LANGUAGE plpgsql AS $$
DECLARE
  last RECORD;
BEGIN
  PERFORM pg_advisory_xact_lock(4202611300600);
  SELECT seq, hash INTO last FROM app.audit_link ORDER BY seq DESC LIMIT 1;
  INSERT INTO app.audit_link (seq, entry, ended, content, hash) VALUES (
    coalesce(last.seq, 0) + 1, of, is_end, what,
    encode(sha256(convert_to(coalesce(last.hash, '') || chr(10) || what, 'UTF8')), 'hex'));
END
$$;

-- Entries from before the chain are its beginning.
DO $$
DECLARE
  entry app.audit;
BEGIN
  FOR entry IN SELECT * FROM app.audit ORDER BY at, id LOOP
    PERFORM app.audit_append(entry.id, false, app.audit_written(entry));
    IF entry.outcome IS NOT NULL THEN
      PERFORM app.audit_append(entry.id, true, app.audit_ended(entry));
    END IF;
  END LOOP;
END
$$;

CREATE FUNCTION "app"."audit_chain"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM app.audit_append(NEW.id, false, app.audit_written(NEW));
  ELSIF OLD.outcome IS NOT NULL
    OR (to_jsonb(NEW) - 'outcome' - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'outcome' - 'ended_at') THEN
    RAISE EXCEPTION 'An audit entry is never changed; its outcome is written once.';
  END IF;
  IF NEW.outcome IS NOT NULL THEN
    PERFORM app.audit_append(NEW.id, true, app.audit_ended(NEW));
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER "audit_chain" AFTER INSERT OR UPDATE ON "app"."audit"
  FOR EACH ROW EXECUTE FUNCTION "app"."audit_chain"();

CREATE FUNCTION "app"."audit_stays"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append-only.';
END
$$;
CREATE TRIGGER "audit_stays" BEFORE DELETE OR TRUNCATE ON "app"."audit"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."audit_stays"();
CREATE TRIGGER "audit_link_stays" BEFORE UPDATE OR DELETE OR TRUNCATE ON "app"."audit_link"
  FOR EACH STATEMENT EXECUTE FUNCTION "app"."audit_stays"();
