"""The index of words; its statistics know more words than the default of the server."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0007_wishes'),
    ]

    operations = [
        migrations.CreateModel(
            name='WordsDue',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='orders.order')),
            ],
            options={
                'ordering': ('order',),
            },
        ),
        migrations.CreateModel(
            name='WordsMark',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('upto', models.BigIntegerField(default=0)),
                ('seen', models.BigIntegerField(default=0)),
                ('horizon', models.BigIntegerField(default=0)),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.CreateModel(
            name='OrderWords',
            fields=[
                ('order', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='orders.order')),
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('shown', django.contrib.postgres.search.SearchVectorField(null=True)),
                ('upto', models.BigIntegerField()),
            ],
            options={
                'ordering': ('-order',),
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='order_words'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('shown__isnull', False)), fields=['shown'], name='order_shown')],
            },
        ),
        migrations.RunSQL(
            'ALTER TABLE orders_orderwords ALTER COLUMN words SET STATISTICS 300',
            migrations.RunSQL.noop,
        ),
    ]
