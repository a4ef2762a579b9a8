"""The page of wishes finds them without reading the whole board."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("orders", "0006_taken_back")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("is_public", True), ("kind", "WISH")),
                fields=["-created_at", "-id"],
                name="order_wishes",
            ),
        ),
    ]
