"""The work items and the nine duties of a grid worker that every installation starts with."""

from django.db import migrations

GRID, COMMUNITY = "GRID", "COMMUNITY"
HEAD, WORKER, CADRE = "area_head", "grid_worker", "liaison_cadre"
GENERAL, DESK = "general_head", "community_desk"

# code, name, category, cadence, lead, assist, what is to be done
GRID_ITEMS = (
    ("party_life", "网格党支部组织生活", "PARTY", "MONTHLY", HEAD, CADRE,
     "每月组织一次主题党日或支部学习，通知到在册党员和报到党员，留存签到和照片。"),
    ("party_members", "在职党员报到联系", "PARTY", "QUARTERLY", HEAD, WORKER,
     "联系本网格报到的在职党员，公布可认领的事项，每季度把表现反馈给所在单位党组织。"),
    ("pioneer", "党员先锋岗和楼栋亮身份", "PARTY", "HALF_YEARLY", CADRE, HEAD,
     "核对党员户挂牌和先锋岗公示，人员变动后十日内更新。"),
    ("public_service", "便民服务代办帮办", "SERVICE", "WEEKLY", WORKER, HEAD,
     "为行动不便的居民上门办理社保认证、证照申请等事项，一次讲清材料，办完回告。"),
    ("policy_service", "惠民政策落实", "SERVICE", "MONTHLY", WORKER, CADRE,
     "对照低保、优抚、残疾人补贴等名单，查漏报、查应退未退，发现问题当月上报。"),
    ("disputes", "矛盾纠纷排查化解", "DISPUTES", "WEEKLY", HEAD, WORKER,
     "每周排查邻里、物业、婚姻家庭等纠纷，小事当场调解，调解不成的三日内报社区。"),
    ("key_persons", "重点人员走访帮教", "DISPUTES", "MONTHLY", HEAD, CADRE,
     "会同社区民警走访社区矫正、刑满释放等人员，了解困难，落实帮扶措施。"),
    ("epidemic", "传染病防控", "EMERGENCY", "MONTHLY", WORKER, HEAD,
     "协助卫生服务站开展健康宣传、疫苗接种摸底和爱国卫生，发现聚集性病例立即报告。"),
    ("emergency", "防汛抗旱和应急值守", "EMERGENCY", "MONTHLY", HEAD, WORKER,
     "检查低洼处、危房和地质隐患点，核对转移名单和联络人，汛期加密并落实叫应。"),
    ("patrol", "日常巡查", "PATROL", "DAILY", WORKER, HEAD,
     "每个工作日巡查公共区域一遍，看消防通道、井盖、电线、车辆停放，发现问题随手上报。"),
    ("night_patrol", "治安联防夜巡", "PATROL", "WEEKLY", HEAD, WORKER,
     "每周至少组织一次邻里互助夜巡，记录时间、路线和发现的情况。"),
    ("environment", "环境卫生整治", "ENVIRONMENT", "WEEKLY", WORKER, HEAD,
     "清理楼道堆物、卫生死角和小广告，督促垃圾分类投放，每周拍照对比。"),
    ("civilised", "文明养犬和公共秩序", "ENVIRONMENT", "MONTHLY", WORKER, HEAD,
     "登记养犬情况，劝导不牵绳、乱停乱放和占道经营，屡劝不改的转综合执法。"),
    ("fire_safety", "消防安全检查", "SAFETY", "MONTHLY", HEAD, WORKER,
     "检查楼道充电、飞线、灭火器和安全出口，小门店逐户查，隐患列清单跟踪到整改。"),
    ("work_safety", "小场所安全生产检查", "SAFETY", "QUARTERLY", CADRE, WORKER,
     "会同部门检查九小场所、出租屋和在建工地，查用电用气，问题移交主管部门。"),
    ("anti_fraud", "反诈和禁毒宣传", "SAFETY", "MONTHLY", WORKER, HEAD,
     "入户提醒常见诈骗手法，推广官方预警，发现涉毒线索报社区民警。"),
    ("elderly", "独居和高龄老人关爱", "CARE", "WEEKLY", WORKER, HEAD,
     "独居、高龄、失能老人每周至少联系一次，敲一次门、问一声好，异常立即联系家属。"),
    ("children", "困境和留守儿童关爱", "CARE", "MONTHLY", WORKER, CADRE,
     "每月探访留守、困境儿童，了解监护、就学和心理状况，落实结对关爱。"),
    ("data", "人口房屋信息采集", "DATA", "MONTHLY", WORKER, HEAD,
     "核对新入住、搬离、出租和空置情况，做到格不漏户、户不漏人，变动三日内登记。"),
    ("publicity", "政策法规和民情宣传", "PUBLICITY", "MONTHLY", CADRE, WORKER,
     "更新公示栏和居民群，宣讲政策、村规民约和身边好人，收集民意建议。"),
)  # fmt: skip
COMMUNITY_ITEMS = (
    ("briefing", "网格通气会", "PARTY", "MONTHLY", GENERAL, DESK,
     "每月召集片区长和网格员通报情况、研判难点，五个工作日内形成纪要。"),
    ("joint_meeting", "网格联席会", "SERVICE", "QUARTERLY", GENERAL, DESK,
     "每季度邀请共建单位、物业、业委会和居民代表商议公共事项，议定事项落到人。"),
)  # fmt: skip
DUTIES = (
    ("collect", "信息采集员", "走遍每栋每户，采集和更新人口、房屋、单位信息，数据真实准确。"),
    ("patrol", "巡查员", "每天在网格里走一遍，安全隐患、环境卫生、公共设施早发现早上报。"),
    ("mediate", "矛盾调解员", "听得见邻里的话，小纠纷不出楼栋，大矛盾及时报告、全程跟进。"),
    ("serve", "便民服务员", "帮居民代办跑腿，政策讲得清、材料一次告知、办完有回音。"),
    ("publicise", "政策宣传员", "把党的声音和惠民政策送到家门口，宣传法律、反诈和文明风尚。"),
    ("care", "关爱探访员", "常看望独居老人、留守儿童、残疾人和困难家庭，记得他们的难处。"),
    ("safety", "安全劝导员", "劝导消防、用电、交通、防溺水等不安全行为，协助处置突发事件。"),
    ("opinion", "民意收集员", "收集诉求、微心愿和建议，能办的当场办，不能办的点单上报。"),
    ("organise", "活动组织员", "发动党员、楼栋长和志愿者参与服务、议事和共建活动。"),
)


def seed(apps, schema_editor):  # type: ignore[no-untyped-def]  # migration signature
    """Write the rows every installation starts with."""
    items = apps.get_model("duties", "WorkItem")
    for sort, (code, name, category, cadence, lead, assist, text) in enumerate(GRID_ITEMS, 1):
        items.objects.create(
            code=code, name=name, category=category, cadence=cadence, levels=[GRID],
            lead_kinds=[lead], assist_kinds=[assist], supervise_kinds=[GENERAL],
            guidance=text, required=True, sort=sort * 10,
        )  # fmt: skip
    for sort, (code, name, category, cadence, lead, assist, text) in enumerate(COMMUNITY_ITEMS, 1):
        items.objects.create(
            code=code, name=name, category=category, cadence=cadence, levels=[COMMUNITY],
            lead_kinds=[lead], assist_kinds=[assist], supervise_kinds=["township_desk"],
            guidance=text, required=True, sort=500 + sort * 10,
        )  # fmt: skip
    duties = apps.get_model("duties", "Duty")
    for sort, (code, name, text) in enumerate(DUTIES, 1):
        duties.objects.create(code=code, name=name, text=text, sort=sort * 10)


class Migration(migrations.Migration):
    dependencies = [("duties", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
