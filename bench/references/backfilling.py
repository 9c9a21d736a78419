"""Giving badges for a whole past by hand: one statement a badge over the log, with its unique key as the last word."""

from bench.references.awarding import Badges, Database

COUNT = """INSERT INTO ref_award SELECT '{badge}', member_id FROM activity
    WHERE kind = '{kind}' GROUP BY member_id HAVING count(*) >= {goal}"""
DISTINCT = """INSERT INTO ref_award SELECT '{badge}', member_id FROM activity
    WHERE kind = '{kind}' GROUP BY member_id HAVING count(DISTINCT campaign) >= {goal}"""
STREAK = """INSERT INTO ref_award SELECT DISTINCT '{badge}', member_id FROM (
    SELECT member_id, week - row_number() OVER (PARTITION BY member_id ORDER BY week) AS run FROM (
        SELECT DISTINCT member_id, (occurred_day + 3) / 7 AS week FROM activity WHERE kind = '{kind}') AS weeks) AS runs
    GROUP BY member_id, run HAVING count(*) >= {goal}"""
"""Weeks in a row all have the same distance to their place in the member's list of weeks."""

STATEMENTS = {"count": COUNT, "distinct": DISTINCT, "streak": STREAK}


def by_statements(database: Database, badges: Badges) -> None:
    """A transaction a badge."""
    for number, (measure, kind, goal) in enumerate(badges):
        database.begin()
        database.run(STATEMENTS[measure].format(badge=f"b{number}", kind=kind, goal=goal))
        database.commit()
