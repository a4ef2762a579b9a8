from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("grid", "0005_rights_of_upper_desks"), ("orders", "0003_whole_life")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="sent_from",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=models.deletion.PROTECT, related_name="+",
                to="grid.cell", help_text="the desk that sent it up",
            ),
        ),
        migrations.AddField(
            model_name="assist",
            name="closed_at",
            field=models.DateTimeField(null=True, help_text="ended without a report back"),
        ),
        migrations.RemoveConstraint(model_name="assist", name="called_once"),
        migrations.AddConstraint(
            model_name="assist",
            constraint=models.UniqueConstraint(
                condition=models.Q(back_at__isnull=True, closed_at__isnull=True),
                fields=("order", "org"),
                name="called_once",
            ),
        ),
    ]
