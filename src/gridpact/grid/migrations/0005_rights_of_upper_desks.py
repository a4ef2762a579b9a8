"""Rights that came with the whole life of orders, for installations that have their posts."""

from django.db import migrations

from gridpact.grid.choices import POST_KINDS


def grant(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Add what a shipped kind of post may do now; what a district added itself stays."""
    kinds = apps.get_model("grid", "PostKind")
    for spec in POST_KINDS:
        for kind in kinds.objects.filter(code=spec.code):
            more = [right for right in spec.rights if right not in kind.rights]
            if more:
                kind.rights = [*kind.rights, *more]
                kind.save(update_fields=["rights"])


class Migration(migrations.Migration):
    """Grant the rights."""

    dependencies = [("grid", "0004_posts_in_depth")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
