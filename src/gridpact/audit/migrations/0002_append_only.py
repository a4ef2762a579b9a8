"""The database itself refuses to change or remove what was logged or sealed."""

from django.db import migrations

TABLES = ("audit_auditrow", "audit_auditseal")

FORWARD = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "\n".join(
    f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION audit_refuse();\n"
    f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();"
    for table in TABLES
)

BACKWARD = (
    "\n".join(
        f"DROP TRIGGER {table}_rows ON {table}; DROP TRIGGER {table}_all ON {table};"
        for table in TABLES
    )
    + "DROP FUNCTION audit_refuse();"
)


class Migration(migrations.Migration):
    """Triggers that refuse UPDATE, DELETE and TRUNCATE."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
