"""Giving badges for a whole past by hand: one statement a badge over the log, with its unique key as the last word. Once as
bare rows of (badge, member), and once so that the rows of the product are left behind: the award, and the fact that the
log has of it."""

from bench.references.awarding import Badges, Database

COUNT = """SELECT '{badge}' AS badge, member_id FROM activity
    WHERE kind = '{kind}' GROUP BY member_id HAVING count(*) >= {goal}"""
DISTINCT = """SELECT '{badge}' AS badge, member_id FROM activity
    WHERE kind = '{kind}' GROUP BY member_id HAVING count(DISTINCT campaign) >= {goal}"""
STREAK = """SELECT DISTINCT '{badge}' AS badge, member_id FROM (
    SELECT member_id, week - row_number() OVER (PARTITION BY member_id ORDER BY week) AS run FROM (
        SELECT DISTINCT member_id, (occurred_day + 3) / 7 AS week FROM activity WHERE kind = '{kind}') AS weeks) AS runs
    GROUP BY member_id, run HAVING count(*) >= {goal}"""
"""Weeks in a row all have the same distance to their place in the member's list of weeks."""

WON = {"count": COUNT, "distinct": DISTINCT, "streak": STREAK}

AWARD = """INSERT INTO award (key, badge_id, member_id, occasion, version, how, reason, awarded_at, answer, answered_at, shown)
    SELECT {key}, {number}, member.id, '', 1, 'rule', '', {now}, CASE WHEN wears_at_once THEN 'accepted' ELSE 'waiting' END,
    CASE WHEN wears_at_once THEN {now} END, wears_at_once FROM ({won}) AS won JOIN member ON member.id = won.member_id
    WHERE takes_badges AND merged_into_id IS NULL ON CONFLICT DO NOTHING"""
FACT = """INSERT INTO activity (member_id, kind, occurred_at, occurred_day, reported_at, text, object, evidence, told_evidence,
    visibility, source, source_key, points) SELECT member_id, 'badge.awarded', {now}, {day}, {now}, '', 'badge:{badge}', 2, 2,
    'members', 'badges', badge_id || ':' || member_id || ':', 0 FROM {given}"""


def by_statements(database: Database, badges: Badges) -> None:
    """A transaction a badge. Leaves (badge, member) in `ref_award`."""
    for number, (measure, kind, goal) in enumerate(badges):
        database.begin()
        database.run("INSERT INTO ref_award " + WON[measure].format(badge=f"b{number}", kind=kind, goal=goal))
        database.commit()


def with_facts(database: Database, badges: Badges, moment: str, day: int) -> None:
    """The same, with the product's rows. `moment`: the time in UTC, and `day` its number; badges are numbered from 1."""
    if database.postgresql:
        words = {"key": "substr(replace(CAST(gen_random_uuid() AS text), '-', ''), 1, 22)", "now": f"timestamptz '{moment}+00'"}
    else:
        words = {"key": "lower(hex(randomblob(11)))", "now": f"'{moment}'"}
    for number, (measure, kind, goal) in enumerate(badges):
        badge = f"b{number}"
        won = WON[measure].format(badge=badge, kind=kind, goal=goal)
        award = AWARD.format(number=number + 1, won=won, **words)
        fact = {"badge": badge, "day": day, "now": words["now"]}
        database.begin()
        if database.postgresql:
            given = f"WITH given AS ({award} RETURNING badge_id, member_id) "
            database.run(given + FACT.format(given="given", **fact))
        else:
            database.run(award)
            database.run(FACT.format(given=f"award WHERE badge_id = {number + 1}", **fact))
        database.commit()
