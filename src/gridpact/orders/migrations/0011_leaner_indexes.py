"""Fewer and smaller indexes of orders: each costs every intake and every move."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What is watched has one index for a district and one for a community."""

    dependencies = [
        ('grid', '0005_rights_of_upper_desks'),
        ('orders', '0010_words_in_simplified_signs'),
        ('orgs', '0002_party_bodies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='order',
            name='order_board_comm',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_light_comm',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_light',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_card',
        ),
        migrations.RemoveIndex(
            model_name='order',
            name='order_comm_new',
        ),
        migrations.AlterField(
            model_name='order',
            name='number',
            field=models.CharField(db_collation='C', max_length=20, verbose_name='number'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(models.Q(('card', ''), _negated=True), ('light__gte', 1), _connector='OR'), fields=['community_id', 'due_at', 'id'], name='order_watched_comm'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(models.Q(('card', ''), _negated=True), ('light__gte', 1), _connector='OR'), fields=['due_at', 'id'], name='order_watched'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['community_id', '-created_at', '-id'], name='order_community_new'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('number',), name='one_order_per_number'),
        ),
    ]
