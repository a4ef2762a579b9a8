"""The sequence behind order numbers, and the ten service areas with their usual matters."""

from django.db import migrations

AREAS = (
    ("A01", "物业服务", ("房屋漏水", "电梯故障", "停车管理", "物业收费", "业委会事务")),
    ("A02", "环境卫生", ("垃圾清运", "楼道堆物", "油烟噪声", "绿化养护", "下水堵塞")),
    ("A03", "市政设施", ("道路破损", "路灯照明", "井盖管网", "供水供电供气", "公交出行")),
    ("A04", "公共安全", ("消防隐患", "电动车充电", "高空抛物", "治安巡防", "施工安全")),
    ("A05", "矛盾调解", ("邻里纠纷", "家庭纠纷", "劳动争议", "房屋租赁", "消费纠纷")),
    ("A06", "一老一小", ("助餐助浴", "独居探访", "托幼看护", "课后辅导", "适老改造")),
    ("A07", "困难帮扶", ("低保救助", "残疾服务", "就业帮扶", "临时救助", "心理关爱")),
    ("A08", "医疗健康", ("义诊体检", "家庭医生", "疫苗接种", "慢病管理", "应急送药")),
    ("A09", "文体教育", ("文体活动", "场地使用", "技能培训", "科普宣传", "阅读空间")),
    ("A10", "政务办事", ("证明办理", "社保医保", "户籍居住证", "政策咨询", "代办帮办")),
)


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Write the category tree."""
    model = apps.get_model("orders", "Category")
    for code, name, matters in AREAS:
        area = model.objects.create(code=code, name=name)
        for number, matter in enumerate(matters, start=1):
            model.objects.create(code=f"{code}{number:02d}", name=matter, parent=area)


class Migration(migrations.Migration):
    """Sequence and seed rows."""

    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE orders_number_seq", "DROP SEQUENCE orders_number_seq"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
