"""The triage desk: standard replies, open orders, taking back; its two queues."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# code, used for, class, short name, text
REPLIES = (
    ("T11", "TRIAGE", "EASY", "邻里互助", "这件事单位、社会组织或邻居就能办好，放到接单大厅请大家认领。"),
    ("T12", "TRIAGE", "EASY", "网格即办", "事情小、好办理，由{社区}网格员直接上门解决。"),
    ("T13", "TRIAGE", "EASY", "微心愿", "属于微心愿，请共建单位和志愿者认领。"),
    ("T21", "TRIAGE", "PRIVATE", "家庭邻里", "属于家庭或邻里之间的事，由网格党支部引导商量，不对外公开。"),
    ("T22", "TRIAGE", "PRIVATE", "上门调解", "双方有分歧，请片区长上门听取意见、组织调解。"),
    ("T31", "TRIAGE", "PUBLIC", "部门职责", "涉及公共设施或公共服务，由主管部门办理。"),
    ("T32", "TRIAGE", "PUBLIC", "安全隐患", "存在安全隐患，请主管部门尽快到现场处理，先排险、后整改。"),
    ("T33", "TRIAGE", "PUBLIC", "物业管理", "涉及物业服务，请物业主管部门督促物业企业整改。"),
    ("T41", "TRIAGE", "HARD", "多方会商", "牵涉多个部门，需要上级社管中心牵头会商。"),
    ("T42", "TRIAGE", "HARD", "历史遗留", "属于历史遗留问题，资料不全，需上级研究后答复。"),
    ("R1", "REJECT", "", "不在辖区", "您反映的地点不在本区，请向当地反映。"),
    ("R2", "REJECT", "", "重复反映", "同一件事已经登记并正在办理，请以原工单的答复为准。"),
    ("R3", "REJECT", "", "诉讼仲裁", "此事已进入诉讼或仲裁，请以法院或仲裁机构的结果为准。"),
    ("R4", "REJECT", "", "信息不全", "缺少地点或具体情况，无法办理，请补充后重新点单。"),
    ("R5", "REJECT", "", "咨询已答", "您咨询的问题已经电话答复，不再另立工单。"),
    ("A1", "ANSWER", "", "已经办好", "您反映的“{事项}”已办理完毕，感谢您关心{社区}。工单号{单号}。"),
    ("A2", "ANSWER", "", "正在办理", "您反映的“{事项}”正在办理，办好后第一时间告诉您。工单号{单号}。"),
)


def seed(apps, schema_editor):
    """Write the district's first replies."""
    model = apps.get_model("orders", "StandardReply")
    model.objects.bulk_create(
        model(code=code, use=use, klass=klass, title=title, text=text)
        for code, use, klass, title, text in REPLIES
    )


class Migration(migrations.Migration):

    dependencies = [
        ('grid', '0005_rights_of_upper_desks'),
        ('orders', '0004_sent_up_and_called'),
        ('orgs', '0002_party_bodies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskUndo',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('fields', models.JSONField(default=dict)),
                ('steps', models.JSONField(default=list)),
                ('last_step', models.BigIntegerField(default=0)),
                ('last_decision', models.BigIntegerField(default=0)),
                ('last_log', models.BigIntegerField()),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
        migrations.CreateModel(
            name='DeskVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-at',),
            },
        ),
        migrations.CreateModel(
            name='StandardReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='code')),
                ('use', models.CharField(choices=[('TRIAGE', 'reason of triage'), ('REJECT', 'reason for not accepting'), ('ANSWER', 'answer to the reporter')], max_length=6, verbose_name='used for')),
                ('klass', models.CharField(blank=True, choices=[('PUBLIC', 'public matter'), ('PRIVATE', 'private matter'), ('HARD', 'hard matter'), ('EASY', 'easy matter')], max_length=7, verbose_name='class')),
                ('title', models.CharField(max_length=30, verbose_name='short name')),
                ('text', models.TextField(max_length=500, verbose_name='text')),
                ('is_active', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'ordering': ('code',),
            },
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ['SUBMITTED', 'ACCEPTED', 'TRIAGED', 'ESCALATED'])), fields=['desk', '-light', 'due_at', 'id'], name='order_desk'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('state__in', ['SUBMITTED', 'ACCEPTED', 'TRIAGED', 'ESCALATED'])), fields=['-light', 'due_at', 'id'], name='order_desks'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(fields=['community_id', '-created_at'], name='order_comm_new'),
        ),
        migrations.AddField(
            model_name='deskundo',
            name='order',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='undo', to='orders.order'),
        ),
        migrations.AddField(
            model_name='deskundo',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deskvisit',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='visits', to='orders.order'),
        ),
        migrations.AddField(
            model_name='deskvisit',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='standardreply',
            name='cell',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='grid.cell'),
        ),
        migrations.AddIndex(
            model_name='deskundo',
            index=models.Index(fields=['at'], name='desk_undo_at'),
        ),
        migrations.AddIndex(
            model_name='deskvisit',
            index=models.Index(fields=['at'], name='desk_visit_at'),
        ),
        migrations.AddConstraint(
            model_name='deskvisit',
            constraint=models.UniqueConstraint(fields=('order', 'user'), name='one_visit'),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
