"""Rows of several kinds are kept for taking back; orders classed anew are found by time."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("orders", "0005_desk")]

    operations = [
        migrations.RemoveField(model_name="deskundo", name="steps"),
        migrations.AddField(
            model_name="deskundo", name="rows", field=models.JSONField(default=dict)
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("before", ""), _negated=True), fields=["at"], name="decision_anew"
            ),
        ),
    ]
