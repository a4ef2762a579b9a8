"""Words are kept in simplified signs: orders written in traditional ones are indexed anew."""

from django.db import migrations

from gridpact.core.script import traditional_signs

_DUE = """
INSERT INTO orders_wordsdue (order_id)
SELECT id FROM orders_order WHERE title ~ %(any)s OR text ~ %(any)s OR address ~ %(any)s
    OR answer ~ %(any)s
UNION
SELECT order_id FROM orders_orderlog WHERE text ~ %(any)s OR told ~ %(any)s
ON CONFLICT DO NOTHING
"""


def ask(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """The worker indexes what is due in its next rounds."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(_DUE, {"any": f"[{traditional_signs()}]"})


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("orders", "0009_clocks_of_earlier_orders")]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
